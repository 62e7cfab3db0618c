import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeMask, encodeMask, shiftMask } from './rle-mask.ts'

const picture = (rows: readonly string[]): Uint8Array => Uint8Array.from(rows.join(''), Number)

describe('a mask as COCO writes it', () => {
  it('is what pycocotools makes of the same pixels', () => {
    const rows = ['0000000000', '0011100000', '0111110011', '0111110011', '0011100011']
    expect(encodeMask(picture(rows), 10, 5)).toEqual({ size: [5, 10], counts: '7222O0001N;1E0' })
    expect(encodeMask(picture(['11', '11', '11']), 2, 3).counts).toBe('06')
  })

  it('is what pycocotools makes of a large ellipse, to the byte', () => {
    const mask = Uint8Array.from({ length: 400 * 300 }, (_, at) => {
      const [x, y] = [at % 400, Math.floor(at / 400)]
      return ((x - 200) / 150) ** 2 + ((y - 140) / 100) ** 2 < 1 ? 1 : 0
    })
    const { counts } = encodeMask(mask, 400, 300)
    expect(counts).toHaveLength(605)
    expect(createHash('sha256').update(counts).digest('hex')).toBe(
      'aeb67ed7fd7c84c3c5c6b81f6c44553cbe0cc692745ac63eb7803c9198dfc8be',
    )
  })

  it('comes back whole from its text', () => {
    const size = fc.record({
      width: fc.integer({ min: 1, max: 40 }),
      height: fc.integer({ min: 1, max: 40 }),
    })
    const masks = size.chain(({ width, height }) =>
      fc
        .uint8Array({ minLength: width * height, maxLength: width * height, max: 1 })
        .map((mask) => ({ mask, width, height })),
    )
    fc.assert(
      fc.property(masks, ({ mask, width, height }) => {
        expect(decodeMask(encodeMask(mask, width, height))).toEqual(mask)
      }),
    )
  })

  it('is moved as each of its pixels is, and what leaves the picture is cut off', () => {
    const side = fc.integer({ min: 1, max: 12 })
    const step = fc.integer({ min: -13, max: 13 })
    const bits = fc.uint8Array({ minLength: 144, maxLength: 144, max: 1 })
    fc.assert(
      fc.property(side, side, bits, step, step, (width, height, all, right, down) => {
        const mask = all.subarray(0, width * height)
        const moved = Uint8Array.from(mask, (_, at) => {
          const [x, y] = [(at % width) - right, Math.floor(at / width) - down]
          return x >= 0 && x < width && y >= 0 && y < height ? (mask[y * width + x] as number) : 0
        })
        expect(shiftMask(encodeMask(mask, width, height), right, down)).toEqual(
          encodeMask(moved, width, height),
        )
      }),
    )
  })

  it('that is not whole, or claims another size, is refused whatever its text', () => {
    const { counts } = encodeMask(picture(['0110', '0110']), 4, 2)
    expect(() => decodeMask({ size: [2, 5], counts })).toThrow(/do not fill/)
    expect(() => decodeMask({ size: [2, 3], counts })).toThrow(/beyond/)
    expect(() => decodeMask({ size: [1e6, 1e6], counts })).toThrow(/larger/)
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(decodeMask({ size: [4, 4], counts: text })).toHaveLength(16)
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_INPUT' })
        }
      }),
    )
  })
})
