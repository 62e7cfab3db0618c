// Two small pictures of brightness in, how far a part of the first has moved in the second out: the shift at which they
// differ least (block matching), and by how much they still do. Pure.
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { DetectorFrame } from '@sam3-fleet/models/image/rgb-image'

/** Of the detector's input every second pixel of every second row is looked at: a person far away is a few of them. */
const STEP = 2
/** Samples of a part along each side: more tell no more. */
const SAMPLES_MAX = 16
/** Pixels to each side that a part may have moved beyond what is expected: a cyclist's way in a fifth of a second. */
const REACH = 8
/**
 * What a pixel away from where a part is expected must gain in brightness: else grey asphalt, alike everywhere, would go
 * wherever noise leads it.
 */
const PULL = 0.15
/** First every second shift, then those around the best. */
const COARSE = 2

/** Row after row, 0 to 255, of the picture alone without padding. */
export interface Brightness {
  values: Uint8Array
  width: number
  height: number
}

/** In pixels of the small picture. */
export interface Shift {
  dx: number
  dy: number
}

export interface FoundShift extends Shift {
  /** Mean difference of brightness that is left. */
  difference: number
}

/** Green carries most of the brightness. */
export function brightnessOf({
  image,
  input,
  letterbox: { scale, padX, padY },
}: Pick<DetectorFrame, 'image' | 'input' | 'letterbox'>): Brightness {
  const width = Math.floor(Math.min(image.width * scale, input.width - padX) / STEP)
  const height = Math.floor(Math.min(image.height * scale, input.height - padY) / STEP)
  const values = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    const row = ((padY + y * STEP) * input.width + padX) * 3 + 1
    for (let x = 0; x < width; x++) values[y * width + x] = input.data[row + x * STEP * 3] as number
  }
  return { values, width, height }
}

/** @param expected where it is looked for first */
export function findShift(
  before: Brightness,
  now: Brightness,
  { bbox, expected }: { bbox: Bbox; expected: Shift },
): FoundShift {
  const samples = samplesOf(before, bbox)
  let best = { ...expected, difference: differenceAt(before, now, samples, expected) }
  let bestCost = best.difference
  const consider = (dx: number, dy: number): void => {
    const difference = differenceAt(before, now, samples, { dx, dy })
    const cost = difference + PULL * Math.hypot(dx - expected.dx, dy - expected.dy)
    if (cost >= bestCost) return
    best = { dx, dy, difference }
    bestCost = cost
  }
  for (let dy = -REACH; dy <= REACH; dy += COARSE)
    for (let dx = -REACH; dx <= REACH; dx += COARSE) consider(expected.dx + dx, expected.dy + dy)
  const { dx, dy } = best
  for (let y = -1; y <= 1; y++) for (let x = -1; x <= 1; x++) consider(dx + x, dy + y)
  return best
}

interface Samples {
  xs: readonly number[]
  ys: readonly number[]
}

function samplesOf({ width, height }: Brightness, [x, y, w, h]: Bbox): Samples {
  return { xs: places(x * width, w * width, width), ys: places(y * height, h * height, height) }
}

function places(from: number, length: number, end: number): number[] {
  const count = Math.max(1, Math.min(SAMPLES_MAX, Math.floor(length)))
  return Array.from({ length: count }, (_, n) =>
    Math.min(end - 1, Math.max(0, Math.floor(from + ((n + 0.5) * length) / count))),
  )
}

/** What has moved out of the picture is not compared; Infinity when that is most of it. */
function differenceAt(before: Brightness, now: Brightness, { xs, ys }: Samples, { dx, dy }: Shift): number {
  let [sum, count] = [0, 0]
  for (const y of ys) {
    const toY = y + dy
    if (toY < 0 || toY >= now.height) continue
    for (const x of xs) {
      const toX = x + dx
      if (toX < 0 || toX >= now.width) continue
      const difference =
        (before.values[y * before.width + x] as number) - (now.values[toY * now.width + toX] as number)
      sum += difference < 0 ? -difference : difference
      count += 1
    }
  }
  return count * 2 > xs.length * ys.length ? sum / count : Infinity
}
