import { searchFiltersSchema } from '@sam3-fleet/shared/search/filters'
import { findInputSchema } from '@sam3-fleet/shared/search/find'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { askOf, filtersOf, hasFilters, RANGES, readRef, refKey, type Question } from './question.ts'

const nothing: Question = {
  q: '',
  like: null,
  device: [],
  source: [],
  label: [],
  range: null,
  from: null,
  to: null,
  conf: null,
}
const nowMs = Date.parse('2026-11-23T12:00:00Z')

test('an empty address asks for everything', () => {
  expect(askOf(nothing, nowMs)).toEqual({ filters: {} })
  expect(hasFilters(nothing)).toBe(false)
})

test('a relative range counts back from now and wins over fixed bounds', () => {
  expect(filtersOf({ ...nothing, range: '1h', from: '2020-01-01T00:00:00Z' }, nowMs)).toEqual({
    from: '2026-11-23T11:00:00.000Z',
  })
})

test('a sighting to compare with wins over words: the centre takes one of them', () => {
  const like = 'gate-0007~0190a000-0000-7000-8000-000000000001'
  const asked = askOf({ ...nothing, q: 'red car', like }, nowMs)
  expect(asked).toEqual({ filters: {}, similarTo: readRef(like) })
  expect(findInputSchema.safeParse(asked).success).toBe(true)
})

test('whatever stands in the address, times and confidence are in the form that the centre takes', () => {
  fc.assert(
    fc.property(
      fc.record({
        range: fc.constantFrom(...RANGES, null),
        from: fc.option(fc.string()),
        to: fc.option(fc.oneof(fc.string(), fc.constant('2026-01-02T03:04'))),
        conf: fc.option(fc.double({ noNaN: true })),
      }),
      (part) => {
        expect(searchFiltersSchema.safeParse(filtersOf({ ...nothing, ...part }, nowMs)).success).toBe(true)
      },
    ),
  )
})

test('a reference survives its way through the address; anything else is none', () => {
  const ref = { deviceId: 'gate-0007', sightingId: '0190a000-0000-7000-8000-000000000001' }
  expect(readRef(refKey(ref))).toEqual(ref)
  for (const text of [null, '', '~', 'a~', '~b', 'a~b~c']) expect(readRef(text)).toBeNull()
})
