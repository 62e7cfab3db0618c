import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { appearanceDistance, appearanceOf, blendAppearance, type Appearance } from './appearance.ts'
import { paintScene, type Rgb } from './testing/painted-scene.ts'

const BOX: Bbox = [0.3, 0.2, 0.15, 0.5]

function looks(upper: Rgb, lower: Rgb, bbox: Bbox = BOX): Appearance {
  const appearance = appearanceOf(paintScene([{ bbox, upper, lower }]), bbox)
  if (!appearance) throw new Error('the box is large enough')
  return appearance
}
const [RED, NAVY, BLACK, PALE]: Rgb[] = [
  [180, 30, 40],
  [30, 40, 90],
  [25, 25, 25],
  [190, 205, 225],
] as const
/** Shares are kept in 32 bits: what is the same comes out this far apart at most. */
const SAME = 5e-3
const channel = fc.integer({ min: 0, max: 255 })
const colour = fc.tuple(channel, channel, channel)

describe('what something looks like', () => {
  test('is shares of the whole, whatever the colours', () => {
    fc.assert(
      fc.property(colour, colour, (upper, lower) => {
        const appearance = looks(upper, lower)
        expect(Math.min(...appearance)).toBeGreaterThanOrEqual(0)
        expect(appearance.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 3)
      }),
    )
  })

  test('is the same elsewhere and at another size', () => {
    const [here, there] = [looks(RED, NAVY), looks(RED, NAVY, [0.6, 0.4, 0.2, 0.55])]
    expect(appearanceDistance(here, there)).toBeLessThan(0.05)
  })

  test('stays near in a little less light', () => {
    const dim = ([r, g, b]: Rgb): Rgb => [r * 0.92, g * 0.92, b * 0.92]
    for (const [upper, lower] of [
      [RED, NAVY],
      [PALE, BLACK],
    ] as const)
      expect(appearanceDistance(looks(upper, lower), looks(dim(upper), dim(lower)))).toBeLessThan(0.5)
  })

  test.each<[string, Appearance, Appearance]>([
    ['other colours', looks(RED, NAVY), looks(PALE, BLACK)],
    ['the same colours the other way round', looks(RED, NAVY), looks(NAVY, RED)],
    ['other trousers', looks(RED, NAVY), looks(RED, PALE)],
  ])('is far from %s', (_, a, b) => {
    expect(appearanceDistance(a, b)).toBeGreaterThan(0.5)
  })

  test('is not known of a box that is too small', () => {
    expect(appearanceOf(paintScene([]), [0.5, 0.5, 0.02, 0.2])).toBeNull()
    expect(appearanceOf(paintScene([]), [0.5, 0.5, 0.2, 0.05])).toBeNull()
  })

  test('is read inside the picture, also where a box reaches over its edge', () => {
    const bbox: Bbox = [0.95, 0.8, 0.2, 0.5]
    expect(looks(RED, RED, bbox).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 3)
  })
})

test('distances are metric: none to itself, the same both ways, no shorter over a third', () => {
  const some = fc.tuple(colour, colour).map(([upper, lower]) => looks(upper, lower))
  fc.assert(
    fc.property(some, some, some, (a, b, c) => {
      expect(appearanceDistance(a, a)).toBeLessThan(SAME)
      expect(appearanceDistance(a, b)).toBe(appearanceDistance(b, a))
      expect(appearanceDistance(a, c)).toBeLessThanOrEqual(
        appearanceDistance(a, b) + appearanceDistance(b, c) + SAME,
      )
    }),
    { numRuns: 30 },
  )
})

test('a blend leaves the stated part of what was known', () => {
  const [known, seen] = [looks(RED, RED), looks(NAVY, NAVY)]
  expect(appearanceDistance(blendAppearance(known, seen, 1), known)).toBeLessThan(SAME)
  expect(appearanceDistance(blendAppearance(known, seen, 0), seen)).toBeLessThan(SAME)
  const nearer = blendAppearance(known, seen, 0.9)
  expect(appearanceDistance(nearer, known)).toBeLessThan(appearanceDistance(nearer, seen))
})
