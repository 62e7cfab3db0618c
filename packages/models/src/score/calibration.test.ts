import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calibrate, zScoreOf } from './calibration.ts'

/** Unit vectors in the plane whose cosines to (1, 0) are the given ones. */
const withCosines = (cosines: readonly number[]): Float32Array[] =>
  cosines.map((cosine) => new Float32Array([cosine, Math.sqrt(1 - cosine * cosine)]))
const QUERY = new Float32Array([1, 0])

describe('calibrate', () => {
  it('measures mean and deviation of the background around this query', () => {
    const { mean, deviation } = calibrate(
      QUERY,
      withCosines([...Array(10).fill(0.2), ...Array(10).fill(0.4)]),
    )
    expect(mean).toBeCloseTo(0.3)
    expect(deviation).toBeCloseTo(0.1026, 3)
  })

  it('gives the same z-score in a space whose cosines are all shifted and stretched', () => {
    const cosine = fc.double({ min: -0.5, max: 0.5, noNaN: true })
    fc.assert(
      fc.property(fc.array(cosine, { minLength: 20, maxLength: 40 }), cosine, (background, candidate) => {
        fc.pre(Math.max(...background) - Math.min(...background) > 0.3)
        const shifted = (value: number): number => 0.4 + value * 0.9
        const here = zScoreOf(candidate, calibrate(QUERY, withCosines(background)))
        const there = zScoreOf(shifted(candidate), calibrate(QUERY, withCosines(background.map(shifted))))
        expect(there).toBeCloseTo(here, 2)
      }),
    )
  })

  it('refuses a background too small to mean anything', () => {
    expect(() => calibrate(QUERY, withCosines([0.1, 0.2]))).toThrow(/too few/)
  })

  it('does not blow up where all captions are alike', () => {
    expect(zScoreOf(0.32, calibrate(QUERY, withCosines(Array(20).fill(0.3))))).toBeCloseTo(1)
  })
})
