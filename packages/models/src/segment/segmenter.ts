// Contract: a picture with boxes and points in, the mask of what they mean out. Holds the same for classical methods
// and for a model that was trained for it.
import type { Bbox, RleMask } from '@sam3-fleet/shared/domain/geometry'
import type { RgbImage } from '../image/rgb-image.ts'

/** One object that somebody points at; a box, points, or both. Everything in 0..1 of the picture. */
export interface SegmentHint {
  box: Bbox | null
  points: readonly HintPoint[]
}

export interface HintPoint {
  x: number
  y: number
  /** Whether the point lies on the object or, to the contrary, on what is not it. */
  isInside: boolean
}

export interface Segment {
  /** Around the mask, in 0..1; the hint's own box when nothing was found. */
  bbox: Bbox
  /** Of the picture's size. */
  mask: RleMask
  /** 0..1: how much the method itself trusts the mask. */
  confidence: number
}

export interface Segmenter extends AsyncDisposable {
  readonly method: 'classical' | 'model'
  /**
   * One segment for each hint, in order. The picture's buffer is transferred and must not be used afterwards.
   * @throws FleetError CANCELLED, DEADLINE_EXCEEDED when one picture takes longer than it may, UNAVAILABLE.
   */
  segment(image: RgbImage, hints: readonly SegmentHint[], signal?: AbortSignal): Promise<Segment[]>
}
