// What it costs to say that a box is the next one of a track: by place, corrected by looks. Pure.
// Distances of place and looks are fused as in BoT-SORT (Aharon et al., 2022) and Deep OC-SORT (Maggiolino et al., 2023),
// with a histogram of colours in the place of their network.
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import { areAlike } from '@sam3-fleet/models/detect/label-kinds'
import { iou, type Bbox } from '@sam3-fleet/shared/domain/geometry'

/** Looks further apart than this are two things; one thing stays below .33 over two seconds, 19 times out of 20. */
const LOOKS_APART = 0.5
/** Unless it is just where it is expected: a cloud, a lamp or somebody who passes before it changes looks as well. */
const IN_PLACE_COST_MAX = 0.4
/** Looks this far apart say neither yes nor no. */
const LOOKS_NEUTRAL = 0.3
const LOOKS_WEIGHT = 2
/** What comes back to where no box overlaps must look the same. */
const RETURN_LOOKS_MAX = 0.3
/** Distance from the expected place, in heights, that it may be off then: this, or more each second it was away. */
const RETURN_HEIGHTS_MIN = 0.5
const RETURN_HEIGHTS_PER_S = 0.8
/** A person does not grow. */
const RETURN_HEIGHT_RATIO_MAX = 1.4
export const RETURN_COST_MAX = 1

export interface Expected {
  label: string
  /** Where it should be by now. */
  bbox: Bbox
  /** Milliseconds since it was seen. */
  awayMs: number
}

/** Says how far apart the looks of both are; null when that is not known. */
export type LooksDistance = () => number | null

/** @returns at most `maxCost`; Infinity when the box is not the track's */
export function overlapCost(
  track: Expected,
  object: DetectedObject,
  looks: LooksDistance,
  maxCost: number,
): number {
  if (!areAlike(track.label, object.label)) return Infinity
  const byPlace = 1 - iou(track.bbox, object.bbox)
  if (byPlace > maxCost) return Infinity
  const distance = looks()
  if (distance === null) return byPlace
  if (distance > LOOKS_APART && byPlace >= IN_PLACE_COST_MAX) return Infinity
  return Math.min(maxCost, Math.max(0, byPlace + LOOKS_WEIGHT * (distance - LOOKS_NEUTRAL)))
}

/** Of a track that no box overlaps and of a box that is no track's: behind a post somebody turns or stops. */
export function returnCost(track: Expected, object: DetectedObject, looks: LooksDistance): number {
  if (!areAlike(track.label, object.label)) return Infinity
  const [x, y, w, h] = track.bbox
  const [atX, atY, width, height] = object.bbox
  if (Math.max(h, height) > RETURN_HEIGHT_RATIO_MAX * Math.min(h, height)) return Infinity
  const off = Math.hypot(x + w / 2 - atX - width / 2, y + h / 2 - atY - height / 2) / h
  const reach = off / Math.max(RETURN_HEIGHTS_MIN, (RETURN_HEIGHTS_PER_S * track.awayMs) / 1_000)
  if (reach > 1) return Infinity
  const distance = looks()
  if (distance === null || distance > RETURN_LOOKS_MAX) return Infinity
  return (reach + distance / RETURN_LOOKS_MAX) / 2
}
