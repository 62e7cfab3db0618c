// The committed still as a detector's frame, and what a person sees in it.
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { letterboxFor, type DetectorFrame, type DetectorInputSize } from '../../image/rgb-image.ts'

const STILL = fileURLToPath(new URL('../golden/street.png', import.meta.url))

/** Drawn by hand on the still, in its pixels: `[x1, y1, x2, y2]`. */
const SEEN: readonly { label: string; corners: [number, number, number, number] }[] = [
  { label: 'person', corners: [148, 108, 163, 155] },
  { label: 'person', corners: [319, 75, 335, 109] },
  { label: 'person', corners: [372, 162, 403, 222] },
  { label: 'car', corners: [353, 22, 392, 54] },
  { label: 'car', corners: [398, 27, 416, 50] },
]

export function seenInStreet(): { label: string; bbox: Bbox }[] {
  return SEEN.map(({ label, corners: [x1, y1, x2, y2] }) => ({
    label,
    bbox: [x1 / 416, y1 / 312, (x2 - x1) / 416, (y2 - y1) / 312],
  }))
}

/** A fresh frame each time: a detector takes its buffers away. */
export async function streetFrame(size: DetectorInputSize): Promise<DetectorFrame> {
  const { data, info } = await sharp(STILL).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const { scale, padX, padY, inputWidth, inputHeight } = letterboxFor(info.width, info.height, size)
  if (scale !== 1) throw new Error(`the still was made for an input of 416 x 416, not ${size.width}`)
  const input = new Uint8Array(inputWidth * inputHeight * 3).fill(size.padValue)
  for (let row = 0; row < info.height; row++) {
    const line = data.subarray(row * info.width * 3, (row + 1) * info.width * 3)
    input.set(line, ((padY + row) * inputWidth + padX) * 3)
  }
  return {
    image: { data: new Uint8Array(data), width: info.width, height: info.height },
    input: { data: input, width: inputWidth, height: inputHeight },
    letterbox: { scale, padX, padY },
  }
}
