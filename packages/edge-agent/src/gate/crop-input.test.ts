import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { letterboxFor, type DetectorFrame } from '@sam3-fleet/models/image/rgb-image'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { cropInput, croppedPart } from './crop-input.ts'

const MAX = { width: 416, height: 416, multipleOf: 32, padValue: 114 }

/** Each input pixel says where it is: red its column, green its row. */
function frameOf(width: number, height: number): DetectorFrame {
  const { scale, padX, padY, inputWidth, inputHeight } = letterboxFor(width, height, MAX)
  const data = new Uint8Array(inputWidth * inputHeight * 3)
  for (let y = 0; y < inputHeight; y++)
    for (let x = 0; x < inputWidth; x++) data.set([x & 255, y & 255, 0], (y * inputWidth + x) * 3)
  return {
    image: { data: new Uint8Array(0), width, height },
    input: { data, width: inputWidth, height: inputHeight },
    letterbox: { scale, padX, padY },
  }
}

const unit = fc.double({ min: 0, max: 1, noNaN: true })
const region = fc
  .tuple(unit, unit, unit, unit)
  .map(([x, y, w, h]): Bbox => [x, y, Math.max(0.01, w * (1 - x)), Math.max(0.01, h * (1 - y))])
  .filter(([x, y, w, h]) => x + w <= 1 && y + h <= 1)
const size = fc.tuple(fc.integer({ min: 64, max: 1920 }), fc.integer({ min: 64, max: 1080 }))

describe('a part of a fitted frame', () => {
  test('holds all of the region, in an input that the detector takes', () => {
    fc.assert(
      fc.property(size, region, ([width, height], wanted) => {
        const part = cropInput(frameOf(width, height), wanted, MAX.multipleOf)
        expect([part.input.width % 32, part.input.height % 32]).toEqual([0, 0])
        expect(part.input.data).toHaveLength(part.input.width * part.input.height * 3)
        const [left, top, w, h] = croppedPart(part)
        const [x, y, wantedWidth, wantedHeight] = wanted
        // The part begins at a whole input pixel, and the picture's own size in it is rounded to one.
        const [slackX, slackY] = [1.5 / part.input.width, 1.5 / part.input.height]
        expect(left).toBeLessThanOrEqual(x + slackX)
        expect(top).toBeLessThanOrEqual(y + slackY)
        expect(left + w).toBeGreaterThanOrEqual(x + wantedWidth - slackX)
        expect(top + h).toBeGreaterThanOrEqual(y + wantedHeight - slackY)
      }),
    )
  })

  test('shows the same pixels, and its letterbox says where they are in the picture', () => {
    const whole = frameOf(768, 576)
    const part = cropInput(whole, [0.5, 0.25, 0.2, 0.3], MAX.multipleOf)
    const [red, green] = part.input.data
    // The first pixel of the part, told by the whole's letterbox and by its own.
    const inPicture = (x: number, { letterbox }: DetectorFrame): number =>
      (x - letterbox.padX) / letterbox.scale
    expect(inPicture(0, part)).toBeCloseTo(inPicture(red as number, whole), 6)
    expect(part.letterbox.padY + (green as number)).toBe(whole.letterbox.padY)
  })
})
