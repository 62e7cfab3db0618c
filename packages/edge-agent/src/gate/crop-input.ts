// A fitted frame and a part of its picture in, a frame whose detector input is that part alone out: the same scale, so
// that boxes come out as from the whole, for a part of the work. Pure.
import type { DetectorFrame } from '@sam3-fleet/models/image/rgb-image'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'

/**
 * @param region in 0..1 of the picture; the part that is cut out is at least this
 * @param multipleOf of each side of an input
 */
export function cropInput(frame: DetectorFrame, region: Bbox, multipleOf: number): DetectorFrame {
  const { image, input, letterbox } = frame
  const { scale, padX, padY } = letterbox
  const [x, y, w, h] = region
  const [left, width] = span(
    padX + x * image.width * scale,
    padX + (x + w) * image.width * scale,
    input.width,
    multipleOf,
  )
  const [top, height] = span(
    padY + y * image.height * scale,
    padY + (y + h) * image.height * scale,
    input.height,
    multipleOf,
  )
  const data = new Uint8Array(width * height * 3)
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * input.width + left) * 3
    data.set(input.data.subarray(from, from + width * 3), row * width * 3)
  }
  return {
    image,
    input: { data, width, height },
    letterbox: { scale, padX: padX - left, padY: padY - top },
  }
}

/** The part of an input that was cut out, in 0..1 of the picture; may reach into the padding. */
export function croppedPart({ image, input, letterbox: { scale, padX, padY } }: DetectorFrame): Bbox {
  const [width, height] = [image.width * scale, image.height * scale]
  return [-padX / width, -padY / height, input.width / width, input.height / height]
}

/** Whole multiples around from..to, moved inside 0..length, which is a multiple itself. */
function span(from: number, to: number, length: number, multipleOf: number): [start: number, size: number] {
  const size = Math.min(length, Math.max(1, Math.ceil((to - from) / multipleOf)) * multipleOf)
  const middle = (from + to) / 2
  const start = Math.min(length - size, Math.max(0, Math.round(middle - size / 2)))
  return [start, size]
}
