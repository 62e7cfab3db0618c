// Posts, stones and cones that a detector takes for a person or an animal: they never move and are never sure. Such a
// thing is held back until it moves or shows clearly once; what lives does one of the two.
import type { TimedBox } from '@sam3-fleet/models/describe/measured-sighting'

const LIVING = new Set([
  'person',
  'bird',
  'cat',
  'dog',
  'horse',
  'sheep',
  'cow',
  'elephant',
  'bear',
  'zebra',
  'giraffe',
])
/** Confidence that a thing must have reached to be believed without moving. */
const SURE_CONFIDENCE = 0.55
/** Movement of the centre, in heights of the box, that no jitter of a detector makes. */
const MOVED_HEIGHTS = 0.5
/** It moved when a tenth of its looks, or this many, say so: now and then a box takes in a second thing, and jumps. */
const MOVED_LOOKS_MAX = 3
const MOVED_LOOKS_PART = 0.1

export interface SeenThing {
  label: string
  /** What it reached in more than a look or two. */
  clearConfidence: number
  path: readonly TimedBox[]
}

export function looksLikeStillLife({ label, clearConfidence, path }: SeenThing): boolean {
  if (!LIVING.has(label) || clearConfidence >= SURE_CONFIDENCE) return false
  const first = path[0]
  if (!first) return true
  const [x, y, w, h] = first.bbox
  const moved = path.filter(
    ({ bbox }) =>
      Math.hypot(bbox[0] + bbox[2] / 2 - x - w / 2, bbox[1] + bbox[3] / 2 - y - h / 2) >= MOVED_HEIGHTS * h,
  )
  return moved.length < Math.min(MOVED_LOOKS_MAX, Math.max(1, Math.ceil(path.length * MOVED_LOOKS_PART)))
}
