import { expect, test } from 'vitest'
import { createUploadGate } from './upload-gate.ts'

test('lets so many pass at once, and the next one when a place is free, however the work ended', async () => {
  const gate = createUploadGate(2)
  const { promise, resolve } = Promise.withResolvers<string>()
  const first = gate.pass(() => promise)
  const second = gate.pass(() => Promise.reject(new Error('broken')))
  await expect(gate.pass(async () => 'third')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' })
  await expect(second).rejects.toThrow('broken')
  expect(await gate.pass(async () => 'third')).toBe('third')
  resolve('first')
  expect(await first).toBe('first')
})
