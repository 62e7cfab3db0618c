import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeMask, encodeMask } from '@sam3-fleet/shared/domain/rle-mask'
import { cutMask, toProbabilities, type MaskSize, type SoftMask } from './mask-runs.ts'

const side = fc.integer({ min: 1, max: 12 })
const soft: fc.Arbitrary<SoftMask> = fc
  .tuple(side, side)
  .chain(([width, height]) =>
    fc
      .array(fc.integer({ min: -8, max: 8 }), { minLength: width * height, maxLength: width * height })
      .map((values) => ({ width, height, values: Float32Array.from(values) })),
  )
const size: fc.Arbitrary<MaskSize> = fc.record({
  width: fc.integer({ min: 1, max: 40 }),
  height: fc.integer({ min: 1, max: 40 }),
})

/** Each pixel by itself, from its four neighbours, in single precision like the product. */
function plainCut(given: SoftMask, { width, height }: MaskSize, threshold: number): Uint8Array {
  const place = (at: number, from: number, to: number): [number, number, number] => {
    const exact = Math.max(0, ((at + 0.5) * from) / to - 0.5)
    const near = Math.min(from - 1, Math.floor(exact))
    return [near, Math.min(from - 1, near + 1), Math.fround(exact - near)]
  }
  const mask = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [x0, x1, fx] = place(x, given.width, width)
      const [y0, y1, fy] = place(y, given.height, height)
      const value = (row: number, column: number): number =>
        given.values[row * given.width + column] as number
      const across = (row: number): number =>
        Math.fround(value(row, x0) + (value(row, x1) - value(row, x0)) * fx)
      mask[y * width + x] = across(y0) + (across(y1) - across(y0)) * fy > threshold ? 1 : 0
    }
  }
  return mask
}

it('cuts as each pixel by itself would be, and its runs read back as that mask', () => {
  fc.assert(
    fc.property(soft, size, fc.constantFrom(-0.25, 0.25, 3.3), (given, picture, threshold) => {
      const { mask } = cutMask(given, picture, threshold)
      const expected = plainCut(given, picture, threshold)
      expect(decodeMask(mask)).toEqual(expected)
      expect(mask).toEqual(encodeMask(expected, picture.width, picture.height))
    }),
  )
})

it('gives a box that holds every pixel of the mask and none less', () => {
  fc.assert(
    fc.property(soft, size, (given, picture) => {
      const { mask, bbox } = cutMask(given, picture, 0.25)
      const pixels = decodeMask(mask)
      const columns = new Set<number>()
      const rows = new Set<number>()
      for (const [at, value] of pixels.entries()) {
        if (value === 0) continue
        columns.add(at % picture.width)
        rows.add(Math.floor(at / picture.width))
      }
      if (columns.size === 0) {
        expect(bbox).toBeNull()
        return
      }
      const [left, top] = [Math.min(...columns), Math.min(...rows)]
      const [right, bottom] = [Math.max(...columns) + 1, Math.max(...rows) + 1]
      const expected = [
        left / picture.width,
        top / picture.height,
        (right - left) / picture.width,
        (bottom - top) / picture.height,
      ]
      expect(bbox).toEqual(expected)
    }),
  )
})

it('takes what is no number for outside', () => {
  const values = Float32Array.of(Number.NaN, Number.NaN, Number.NaN, Number.NaN)
  const { mask, bbox } = cutMask({ values, width: 2, height: 2 }, { width: 3, height: 3 }, 0.5)
  expect(decodeMask(mask)).toEqual(new Uint8Array(9))
  expect(bbox).toBeNull()
})

it('makes probabilities of logits, also of the largest', () => {
  expect([...toProbabilities(Float32Array.of(-1e30, 0, 1e30))]).toEqual([0, 0.5, 1])
})
