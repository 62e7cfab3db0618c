// A box in, the words for its size in the picture and its place in it out.
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { SightingAttributes } from '@sam3-fleet/shared/domain/sighting'

/** Shares of the picture's area. A person at 30 m in a street camera is about 0.003, at 5 m about 0.1. */
const SMALL_FROM_AREA = 0.002
const MEDIUM_FROM_AREA = 0.02
const LARGE_FROM_AREA = 0.15

/** A box whose centre lies in the outer thirds is at that side. */
const FIRST_THIRD = 1 / 3
const LAST_THIRD = 2 / 3

export function sizeOf([, , w, h]: Bbox): SightingAttributes['size'] {
  const area = w * h
  if (area < SMALL_FROM_AREA) return 'tiny'
  if (area < MEDIUM_FROM_AREA) return 'small'
  return area < LARGE_FROM_AREA ? 'medium' : 'large'
}

export type Side = 'left' | 'centre' | 'right'

export function sideOf([x, , w]: Bbox): Side {
  const centre = x + w / 2
  if (centre < FIRST_THIRD) return 'left'
  return centre > LAST_THIRD ? 'right' : 'centre'
}

/** One of nine places: "top left", "left", "bottom left", "top", "centre", "bottom" and so on. */
export function placeOf(bbox: Bbox): string {
  const side = sideOf(bbox)
  const middle = bbox[1] + bbox[3] / 2
  if (middle >= FIRST_THIRD && middle <= LAST_THIRD) return side
  const level = middle < FIRST_THIRD ? 'top' : 'bottom'
  return side === 'centre' ? level : `${level} ${side}`
}

/** "at the left of the picture", "in the middle of the picture", "at the top right of the picture". */
export function placePhrase(place: string): string {
  return place === 'centre' ? 'in the middle of the picture' : `at the ${place} of the picture`
}
