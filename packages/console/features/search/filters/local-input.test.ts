import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromLocalInput, toLocalInput } from './local-input.ts'

test('an instant survives its way through the input to the second, except in the hour that a zone repeats', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (atS) => {
      const iso = new Date(atS * 1000).toISOString()
      const back = fromLocalInput(toLocalInput(iso))
      expect(Math.abs(Date.parse(back ?? '') - atS * 1000) % 1_800_000).toBe(0)
    }),
  )
})

test('what is no time is none', () => {
  expect(toLocalInput('soon')).toBe('')
  expect(toLocalInput(null)).toBe('')
  expect(fromLocalInput('')).toBeNull()
})
