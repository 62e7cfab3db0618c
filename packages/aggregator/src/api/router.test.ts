import { expect, test } from 'vitest'
import { listProcedures } from './procedures.ts'
import { appRouter } from './router.ts'

const procedures = listProcedures(appRouter)

test('the router has procedures to walk over', () => {
  expect(procedures.length).toBeGreaterThanOrEqual(20)
})

for (const { path, meta } of procedures) {
  test(`${path} declares a policy and a sentence about itself`, () => {
    expect(meta.policy).toMatch(/^(viewer|operator|admin)$/)
    expect(meta.summary).toMatch(/\.$/)
  })
}

test('what changes something is closed to viewers', () => {
  const changing = procedures.filter(({ type }) => type === 'mutation')
  expect(changing.map(({ meta }) => meta.policy)).not.toContain('viewer')
  expect(changing.length).toBeGreaterThan(0)
})
