// What was found in a key frame and how things have moved since in, where it is now out: boxes and masks moved along. Null
// when that cannot be told: something has changed that no known object explains, or one has changed too much. Pure.
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import { clampBbox, type Bbox } from '@sam3-fleet/shared/domain/geometry'
import { shiftMask } from '@sam3-fleet/shared/domain/rle-mask'
import { findShift, type Brightness, type Shift } from './block-motion.ts'

/**
 * Mean difference (0..255) at which a part no longer is what it was: people who walk leave 12, one in ten 35, since arms and
 * legs move and the ground in the box does not.
 */
const LIKE_MAX = 40
/** Side of the cells in which changes are counted, in pixels of the small picture. */
const CELL = 4
/** Mean difference of a cell that is never noise. */
const CELL_CHANGE_MIN = 24
/** Around a box, in parts of its sides: what moves there belongs to it. */
const MARGIN = 0.35
/** Part of a box that must be in the picture still. */
const INSIDE_MIN = 0.5

export interface CarryLimits {
  /** Part of the objects that may no longer look like themselves. */
  unlikePartMax: number
  /** Part of the picture that may have changed without a known object there. */
  unexplainedPartMax: number
}

export const CARRY_LIMITS: CarryLimits = { unlikePartMax: 0.2, unexplainedPartMax: 0.006 }

export interface KeyFrame {
  brightness: Brightness
  objects: readonly DetectedObject[]
  /** Of each object since the key frame; where it is looked for next. */
  shifts: readonly Shift[]
}

export interface Carried {
  objects: DetectedObject[]
  shifts: Shift[]
}

export function carryObjects(
  key: KeyFrame,
  now: Brightness,
  { picture, limits }: { picture: { width: number; height: number }; limits: CarryLimits },
): Carried | null {
  if (now.width !== key.brightness.width || now.height !== key.brightness.height) return null
  const carried: Carried = { objects: [], shifts: [] }
  let unlike = 0
  for (const [n, object] of key.objects.entries()) {
    const found = findShift(key.brightness, now, { bbox: object.bbox, expected: key.shifts[n] ?? STILL })
    if (found.difference > LIKE_MAX) unlike += 1
    const moved = move(object, found, now, picture)
    if (!moved) return null
    carried.objects.push(moved)
    carried.shifts.push({ dx: found.dx, dy: found.dy })
  }
  if (unlike > limits.unlikePartMax * key.objects.length) return null
  const changed = unexplainedPart(key, now, carried.objects)
  return changed > limits.unexplainedPartMax ? null : carried
}

const STILL: Shift = { dx: 0, dy: 0 }

function move(
  object: DetectedObject,
  { dx, dy }: Shift,
  small: Brightness,
  picture: { width: number; height: number },
): DetectedObject | null {
  if (dx === 0 && dy === 0) return object
  const [x, y, w, h] = object.bbox
  const [right, down] = [dx / small.width, dy / small.height]
  const bbox = clampBbox([x + right, y + down, w, h])
  if (bbox[2] * bbox[3] < INSIDE_MIN * w * h) return null
  const mask =
    object.mask &&
    shiftMask(object.mask, Math.round(right * picture.width), Math.round(down * picture.height))
  return { ...object, bbox, mask }
}

/** Of the picture, what has changed since the key frame where no known object was or is. */
function unexplainedPart(key: KeyFrame, now: Brightness, moved: readonly DetectedObject[]): number {
  const boxes = [...key.objects, ...moved].map(({ bbox }) => inCells(bbox, now))
  const [columns, rows] = [Math.floor(now.width / CELL), Math.floor(now.height / CELL)]
  let unexplained = 0
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (cellDifference(key.brightness, now, row, column) < CELL_CHANGE_MIN) continue
      const isKnown = boxes.some(
        ([left, top, right, bottom]) => column >= left && column <= right && row >= top && row <= bottom,
      )
      if (!isKnown) unexplained += 1
    }
  }
  return unexplained / Math.max(1, columns * rows)
}

function inCells([x, y, w, h]: Bbox, { width, height }: Brightness): [number, number, number, number] {
  return [
    Math.floor(((x - w * MARGIN) * width) / CELL),
    Math.floor(((y - h * MARGIN) * height) / CELL),
    Math.floor(((x + w * (1 + MARGIN)) * width) / CELL),
    Math.floor(((y + h * (1 + MARGIN)) * height) / CELL),
  ]
}

/** Every second pixel of every second row. */
function cellDifference(before: Brightness, now: Brightness, row: number, column: number): number {
  let [sum, count] = [0, 0]
  for (let y = 0; y < CELL; y += 2) {
    for (let x = 0; x < CELL; x += 2) {
      const at = (row * CELL + y) * now.width + column * CELL + x
      const difference = (before.values[at] as number) - (now.values[at] as number)
      sum += difference < 0 ? -difference : difference
      count += 1
    }
  }
  return sum / count
}
