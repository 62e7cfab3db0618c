// The boxes of a track in, one movement out. Nothing is said of a track too short to tell.
import type { TimedBox } from './measured-sighting.ts'

export const MOVEMENTS = [
  'standing still',
  'moving left',
  'moving right',
  'moving up',
  'moving down',
  'crossing from left to right',
  'crossing from right to left',
  'moving towards the camera',
  'moving away from the camera',
  'moving about',
] as const
export type Movement = (typeof MOVEMENTS)[number]

/** Shorter tracks are as likely a detector's jitter as a movement. */
const MIN_DURATION_MS = 800
/** Boxes jitter by a few per cent of the picture; a real move is also a good part of the object's own size. */
const MIN_SHIFT = 0.04
const MIN_SHIFT_OWN_SIZES = 0.4
/** From one side to the other: more than half of the picture's width. */
const CROSSING_SHIFT = 0.5
/** Growth of the box's side that means coming nearer; a person who turns or bends stays below it. */
const NEARER_SCALE = 1.35
/** Sideways movement of this many own sizes outweighs a change of size seen on the way. */
const SIDEWAYS_OWN_SIZES = 1.5

/** @returns null when the track is too short to tell. */
export function movementOf(path: readonly TimedBox[]): Movement | null {
  const first = path[0]
  const last = path.at(-1)
  if (!first || !last || last.atMs - first.atMs < MIN_DURATION_MS) return null

  const shiftX = centreX(last) - centreX(first)
  const shiftY = centreY(last) - centreY(first)
  const ownWidth = Math.max(1e-3, (first.bbox[2] + last.bbox[2]) / 2)
  const ownHeight = Math.max(1e-3, (first.bbox[3] + last.bbox[3]) / 2)
  const scale = sideLength(last) / Math.max(1e-6, sideLength(first))
  const needed = Math.max(MIN_SHIFT, MIN_SHIFT_OWN_SIZES * Math.min(ownWidth, ownHeight))

  const nearer = scale > NEARER_SCALE
  const farther = scale < 1 / NEARER_SCALE
  if ((nearer || farther) && !touchesEdge(first) && !touchesEdge(last)) {
    if (Math.abs(shiftX) < SIDEWAYS_OWN_SIZES * ownHeight) {
      return nearer ? 'moving towards the camera' : 'moving away from the camera'
    }
  }
  if (Math.hypot(shiftX, shiftY) < needed) return wandered(path, needed) ? 'moving about' : 'standing still'
  if (Math.abs(shiftX) >= Math.abs(shiftY)) {
    const right = shiftX > 0
    if (Math.abs(shiftX) > CROSSING_SHIFT) {
      return right ? 'crossing from left to right' : 'crossing from right to left'
    }
    return right ? 'moving right' : 'moving left'
  }
  return shiftY > 0 ? 'moving down' : 'moving up'
}

/** Whether it went away and came back. */
function wandered(path: readonly TimedBox[], needed: number): boolean {
  const first = path[0]
  if (!first) return false
  return path.some(
    (at) => Math.hypot(centreX(at) - centreX(first), centreY(at) - centreY(first)) > 2 * needed,
  )
}

/** A box cut by the picture's edge grows as the object comes in, not as it comes nearer. */
function touchesEdge({ bbox: [x, y, w, h] }: TimedBox): boolean {
  const margin = 0.01
  return x < margin || y < margin || x + w > 1 - margin || y + h > 1 - margin
}

function centreX({ bbox: [x, , w] }: TimedBox): number {
  return x + w / 2
}

function centreY({ bbox: [, y, , h] }: TimedBox): number {
  return y + h / 2
}

function sideLength({ bbox: [, , w, h] }: TimedBox): number {
  return Math.sqrt(w * h)
}
