// Where in a picture a hint's object can be: the part that is looked at, and at which size. Pure.
import type { SegmentHint } from './segmenter.ts'

/** Longest side of what is looked at: the cost grows with the pixels, the outline hardly gets better beyond. */
const WORKING_SIDE_MAX = 288
/** Around a box this part of its size is looked at too: that is where the background is learnt from. */
const BOX_MARGIN = 0.35
const MARGIN_MIN_PIXELS = 12
/** A point alone says nothing about size: this part of the picture's longer side is looked at around it. */
const POINT_SIDE = 0.4

export interface Region {
  /** In pixels of the picture, whole, inside it. */
  left: number
  top: number
  width: number
  height: number
  /** From pixels of the picture to those that are worked on; at most 1. */
  scale: number
}

/** @throws RangeError when the hint has neither a box nor a point on the object. */
export function regionOf(hint: SegmentHint, picture: { width: number; height: number }): Region {
  const [x1, y1, x2, y2] = hint.box ? aroundBox(hint, picture) : aroundPoints(hint, picture)
  const left = Math.min(picture.width - 1, Math.max(0, Math.floor(x1)))
  const top = Math.min(picture.height - 1, Math.max(0, Math.floor(y1)))
  const width = Math.max(1, Math.min(picture.width, Math.ceil(x2)) - left)
  const height = Math.max(1, Math.min(picture.height, Math.ceil(y2)) - top)
  return { left, top, width, height, scale: Math.min(1, WORKING_SIDE_MAX / Math.max(width, height)) }
}

type Corners = [number, number, number, number]

function aroundBox({ box }: SegmentHint, { width, height }: { width: number; height: number }): Corners {
  const [x, y, w, h] = box ?? [0, 0, 1, 1]
  const marginX = Math.max(MARGIN_MIN_PIXELS, w * width * BOX_MARGIN)
  const marginY = Math.max(MARGIN_MIN_PIXELS, h * height * BOX_MARGIN)
  return [x * width - marginX, y * height - marginY, (x + w) * width + marginX, (y + h) * height + marginY]
}

function aroundPoints(
  { points }: SegmentHint,
  { width, height }: { width: number; height: number },
): Corners {
  const inside = points.filter(({ isInside }) => isInside)
  if (inside.length === 0) throw new RangeError('a hint needs a box or a point on the object')
  const xs = inside.map(({ x }) => x * width)
  const ys = inside.map(({ y }) => y * height)
  const reach = (Math.max(width, height) * POINT_SIDE) / 2
  return [Math.min(...xs) - reach, Math.min(...ys) - reach, Math.max(...xs) + reach, Math.max(...ys) + reach]
}
