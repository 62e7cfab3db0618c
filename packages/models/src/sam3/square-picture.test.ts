import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { RgbImage } from '../image/rgb-image.ts'
import { stretch, visionInput } from './square-picture.ts'

/**
 * Width, height, side, seed, and the beginning of the sha256 of what PyTorch 2.15 makes of it:
 * `interpolate(noise, [side, side], mode="bilinear", antialias=True, align_corners=False)` of bytes.
 */
const OF_PYTORCH = [
  [150, 100, 112, 1, '0ff8ab1cb8ac3cb4'],
  [640, 480, 112, 2, 'b20e6727b9495a91'],
  [300, 37, 224, 3, 'cffd37b030033465'],
  [112, 90, 112, 4, '980107a62b194d55'],
  [50, 50, 112, 5, 'b9a490a1b0d7dbf9'],
  [1, 1, 56, 6, '5b15227975d0ec08'],
  [111, 113, 112, 7, 'aa653b07b6df1b1b'],
  [640, 360, 336, 8, '6abd6f0952293aa2'],
] as const

function noise(width: number, height: number, seed: number): RgbImage {
  const data = new Uint8Array(width * height * 3)
  let state = BigInt(seed)
  for (let at = 0; at < data.length; at++) {
    state = (state * 1103515245n + 12345n) & 0x7fffffffn
    data[at] = Number((state >> 16n) & 255n)
  }
  return { data, width, height }
}

it.each(OF_PYTORCH)(
  'stretches %i x %i to %i as PyTorch does, to the last byte',
  (width, height, side, seed, hash) => {
    const { data } = stretch(noise(width, height, seed), side, side)
    expect(createHash('sha256').update(data).digest('hex').slice(0, 16)).toBe(hash)
  },
)

it('leaves a picture of one colour that colour, whatever the sizes', () => {
  const side = fc.integer({ min: 1, max: 70 })
  const byte = fc.integer({ min: 0, max: 255 })
  fc.assert(
    fc.property(side, side, side, side, byte, (width, height, toWidth, toHeight, value) => {
      const plain = { data: new Uint8Array(width * height * 3).fill(value), width, height }
      const { data } = stretch(plain, toWidth, toHeight)
      expect(data).toEqual(new Uint8Array(toWidth * toHeight * 3).fill(value))
    }),
  )
})

it('gives planes of red, green and blue, each by its own mean and spread', () => {
  const input = {
    width: 1,
    height: 1,
    channels: 'rgb' as const,
    mean: [0, 0.5, 1] as [number, number, number],
    std: [1, 0.5, 0.25] as [number, number, number],
  }
  const { dims, data } = visionInput({ data: Uint8Array.of(255, 255, 0), width: 1, height: 1 }, input)
  expect(dims).toEqual([1, 3, 1, 1])
  expect([...data]).toEqual([1, 1, -4])
})
