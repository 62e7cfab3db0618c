import fc from 'fast-check'
import { expect, test } from 'vitest'
import { barsOf } from './timeline-bars.ts'

const iso = (ms: number): string => new Date(ms).toISOString()

test('bars stay inside the line, and the highest one fills it', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(99), { minLength: 1 }),
      fc.integer({ min: 1, max: 100_000 }),
      (places, bucketMs) => {
        const buckets = places
          .toSorted((a, b) => a - b)
          .map((place, n) => ({ from: iso(place * bucketMs), sightings: n + 1 }))
        const line = barsOf({ from: iso(0), to: iso(100 * bucketMs), bucketMs, buckets })
        expect(Math.max(...(line?.bars ?? []).map(({ height }) => height))).toBe(1)
        expect(line?.total).toBe((places.length * (places.length + 1)) / 2)
        for (const { start, width, height } of line?.bars ?? []) {
          expect(start).toBeGreaterThanOrEqual(0)
          expect(start + width).toBeLessThanOrEqual(1 + 1e-9)
          expect(height).toBeGreaterThan(0)
        }
      },
    ),
  )
})

test('nothing seen draws nothing', () => {
  expect(barsOf({ from: null, to: null, bucketMs: 1, buckets: [] })).toBeNull()
})

test('a single instant still has a width', () => {
  const line = barsOf({
    from: iso(5),
    to: iso(5),
    bucketMs: 1_000,
    buckets: [{ from: iso(5), sightings: 1 }],
  })
  expect(line?.bars[0]?.width).toBe(1)
})
