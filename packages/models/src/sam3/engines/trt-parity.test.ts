import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { encodeMask } from '@sam3-fleet/shared/domain/rle-mask'
import type { FoundObject } from '../sam3.ts'
import { measureParity, PARITY_GATE, underGate } from './trt-parity.ts'

const SIDE = 20

/** Its mask is all of its box. */
function object(bbox: Bbox, confidence = 0.8): FoundObject {
  const [x, y, w, h] = bbox.map((part) => Math.round(part * SIDE)) as Bbox
  const pixels = new Uint8Array(SIDE * SIDE)
  for (let row = y; row < y + h; row++) pixels.fill(1, row * SIDE + x, row * SIDE + x + w)
  return { bbox, confidence, mask: encodeMask(pixels, SIDE, SIDE) }
}

const steps = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min, max }).map((n) => n / SIDE)
const objects = fc.array(
  fc
    .tuple(
      steps(0, 10),
      steps(0, 10),
      steps(1, 10),
      steps(1, 10),
      fc.double({ min: 0.3, max: 1, noNaN: true }),
    )
    .map(([x, y, w, h, confidence]) => object([x, y, w, h], confidence)),
  { minLength: 1, maxLength: 6 },
)

describe('parity with the reference', () => {
  it('is perfect between equal answers, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(objects, { minLength: 1, maxLength: 3 }), (answers) => {
        const measures = measureParity([{ reference: answers, candidate: answers }])
        expect(measures).toMatchObject({
          matchedPart: 1,
          boxIou: { min: expect.closeTo(1, 9) },
          maskIou: { min: 1 },
          scoreDrift: { max: 0 },
        })
        expect(underGate(measures)).toEqual([])
      }),
    )
  })

  it('says the same of both directions', () => {
    fc.assert(
      fc.property(objects, objects, (one, other) => {
        const there = measureParity([{ reference: [one], candidate: [other] }])
        const back = measureParity([{ reference: [other], candidate: [one] }])
        expect(there.matchedPart).toBeCloseTo(back.matchedPart, 10)
        expect(there.boxIou.mean).toBeCloseTo(back.boxIou.mean, 10)
      }),
    )
  })

  it('measures how far a box, a mask and a score are off', () => {
    const reference = [[object([0, 0, 0.5, 0.5], 0.9)]]
    const candidate = [[object([0.05, 0, 0.5, 0.5], 0.7)]]
    const { boxIou, maskIou, scoreDrift, matchedPart } = measureParity([{ reference, candidate }])
    expect(boxIou.mean).toBeCloseTo(0.45 / 0.55, 6)
    expect(maskIou.mean).toBeCloseTo(0.45 / 0.55, 6)
    expect(scoreDrift).toMatchObject({ mean: expect.closeTo(0.2, 6), max: expect.closeTo(0.2, 6) })
    expect(matchedPart).toBe(1)
  })

  it('counts what only one side finds, and never one object twice', () => {
    const twin = object([0, 0, 0.5, 0.5])
    const { matchedPart } = measureParity([
      { reference: [[twin]], candidate: [[twin, twin, object([0.5, 0.5, 0.2, 0.2])]] },
    ])
    expect(matchedPart).toBe(0.5)
  })

  it.each([
    ['boxes', object([0.1, 0, 0.5, 0.5]), 'box IoU'],
    ['scores', object([0, 0, 0.5, 0.5], 0.8 - PARITY_GATE.scoreDriftMean - 0.01), 'score drift'],
    ['masks', { ...object([0, 0, 0.5, 0.5]), mask: object([0, 0, 0.3, 0.5]).mask }, 'mask IoU'],
    ['objects', object([0.6, 0.6, 0.2, 0.2]), 'both find'],
  ])('refuses other %s, and names them', (_what, given, named) => {
    const measures = measureParity([{ reference: [[object([0, 0, 0.5, 0.5])]], candidate: [[given]] }])
    expect(underGate(measures).join()).toContain(named)
  })

  it('proves nothing where the reference finds nothing', () => {
    expect(underGate(measureParity([{ reference: [[]], candidate: [[]] }]))).toHaveLength(1)
    expect(underGate(measureParity([]))).toHaveLength(1)
  })
})
