import { expect, test } from 'vitest'
import { listProcedures } from './procedures.ts'
import { appRouter } from './router.ts'

const procedures = listProcedures(appRouter)

test('the router has procedures to walk over', () => {
  expect(procedures.length).toBeGreaterThanOrEqual(20)
})

for (const { path, type, meta } of procedures) {
  test(`${path} declares a policy and a sentence about itself`, () => {
    expect(meta.policy).toMatch(/^(viewer|operator|admin)$/)
    expect(meta.summary).toMatch(/\.$/)
  })

  if (type === 'mutation')
    test(`${path} changes something and is therefore closed to viewers`, () => {
      expect(meta.policy).not.toBe('viewer')
    })
}
