// Joins by time, place and motion, with the colours as a veto. A description's embedding carries no identity, so its
// cosine is never a reason to join here (contracts: from detections to sightings).
import { iou, type Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { ColourShare } from '@sam3-fleet/shared/domain/sighting'
import type { TimedBox } from '@sam3-fleet/models/describe/measured-sighting'
import { areAlike } from '@sam3-fleet/models/detect/label-kinds'
import type { Deduplicator, RestingSighting, TrackStart } from './deduplicator.ts'

/** Milliseconds in which something that moves may come back near to where it was going. */
const MOVING_JOIN_MS = 4_000
/** Milliseconds in which something that stands still may be seen again in its place. */
const STANDING_JOIN_MS = 60_000
/** Overlap with the old place that makes a standing thing the same. */
const STANDING_OVERLAP = 0.5
/** Distance from the expected place, in heights of the object, that a moving thing may be off after one second. */
const REACH_HEIGHTS_PER_S = 0.8
const REACH_HEIGHTS_MIN = 0.5
/** Heights may differ by this factor: a person does not grow. */
const HEIGHT_RATIO_MAX = 1.5
/** Shared colour below which two measured objects are not the same. */
const COLOUR_OVERLAP_MIN = 0.25
/** Movement over the whole path, in heights, below which a thing stands still. */
const STANDING_SHIFT_HEIGHTS = 0.3
/** Milliseconds of path that tell where it was going. */
const VELOCITY_WINDOW_MS = 1_500

/** @param radius see `Deduplicator.withRadius` */
export function createPlaceTimeDeduplicator(radius = 1): Deduplicator {
  return {
    withRadius: createPlaceTimeDeduplicator,
    findHome(start, resting) {
      if (radius === 0) return null
      const possible = resting
        .filter(
          (sighting) =>
            areAlike(sighting.label, start.label) && coloursAgree(sighting.colours, start.colours),
        )
        .map((sighting) => ({ id: sighting.sightingId, distance: distanceTo(sighting, start, radius) }))
        .filter(({ distance }) => distance <= 1)
        .sort((a, b) => a.distance - b.distance)
      return possible[0]?.id ?? null
    },
    isOver(sighting, nowMs) {
      const last = sighting.path.at(-1)
      const windowMs = isStanding(sighting.path) ? STANDING_JOIN_MS : MOVING_JOIN_MS
      return !last || radius === 0 || nowMs - last.atMs > windowMs * radius
    },
  }
}

/** 0 is exactly where it is expected, 1 is as far off as may be; Infinity is elsewhere or too late. */
function distanceTo(sighting: RestingSighting, { box }: TrackStart, radius: number): number {
  const last = sighting.path.at(-1)
  if (!last) return Infinity
  const gapMs = box.atMs - last.atMs
  if (gapMs < 0 || heightRatio(last.bbox, box.bbox) > HEIGHT_RATIO_MAX) return Infinity
  if (isStanding(sighting.path)) {
    const overlap = iou(last.bbox, box.bbox)
    // A power of it, so that a wider reach asks for less overlap but never for none.
    const isNear = overlap >= STANDING_OVERLAP ** radius
    return gapMs <= STANDING_JOIN_MS * radius && isNear ? 1 - overlap : Infinity
  }
  if (gapMs > MOVING_JOIN_MS * radius) return Infinity
  const [expectedX, expectedY] = expectedCentre(sighting.path, gapMs)
  const [x, y] = centre(box.bbox)
  const reach = last.bbox[3] * Math.max(REACH_HEIGHTS_MIN, (REACH_HEIGHTS_PER_S * gapMs) / 1_000) * radius
  return Math.hypot(x - expectedX, y - expectedY) / reach
}

function expectedCentre(path: readonly TimedBox[], gapMs: number): [number, number] {
  const last = path.at(-1) as TimedBox
  const before = path.find((box) => last.atMs - box.atMs <= VELOCITY_WINDOW_MS) as TimedBox
  const [x, y] = centre(last.bbox)
  const spanMs = last.atMs - before.atMs
  if (spanMs === 0) return [x, y]
  const [fromX, fromY] = centre(before.bbox)
  return [x + ((x - fromX) / spanMs) * gapMs, y + ((y - fromY) / spanMs) * gapMs]
}

function isStanding(path: readonly TimedBox[]): boolean {
  const [first, last] = [path[0], path.at(-1)]
  if (!first || !last) return false
  const [fromX, fromY] = centre(first.bbox)
  const [x, y] = centre(last.bbox)
  return Math.hypot(x - fromX, y - fromY) < STANDING_SHIFT_HEIGHTS * last.bbox[3]
}

/** Sum of the smaller shares of each colour; true when either side could not be measured. */
function coloursAgree(a: readonly ColourShare[], b: readonly ColourShare[]): boolean {
  if (a.length === 0 || b.length === 0) return true
  const shared = a.reduce(
    (sum, colour) => sum + Math.min(colour.share, b.find((other) => other.name === colour.name)?.share ?? 0),
    0,
  )
  return shared >= COLOUR_OVERLAP_MIN
}

function centre([x, y, w, h]: Bbox): [number, number] {
  return [x + w / 2, y + h / 2]
}

function heightRatio(a: Bbox, b: Bbox): number {
  return Math.max(a[3], b[3]) / Math.max(1e-6, Math.min(a[3], b[3]))
}
