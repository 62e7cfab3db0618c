// Contract: frames in, labelled boxes out. A detector never keeps state between frames.
import type { Bbox, RleMask } from '@sam3-fleet/shared/domain/geometry'
import type { ColourShare } from '@sam3-fleet/shared/domain/sighting'
import type { DetectorFrame, DetectorInputSize, RgbImage } from '../image/rgb-image.ts'

export interface DetectedObject {
  label: string
  /** 0..1 as the pack's detector scores it. */
  confidence: number
  /** `[x, y, w, h]` in 0..1 of the picture, clamped to it. */
  bbox: Bbox
  mask: RleMask | null
  /** Named colours of the object's own pixels, largest share first; empty when the box is too small to tell. */
  colours: ColourShare[]
}

export interface DetectionResult {
  objects: DetectedObject[]
  /** The picture handed in; its buffer was transferred and comes back here. */
  image: RgbImage
  /** Wall milliseconds inside the worker: preparing, running and reading the model. */
  inferenceMs: number
}

export interface DetectOptions {
  /** 0..1; the pack's low threshold when absent, so that a tracker can use weak boxes. */
  minConfidence?: number
  /** What to look for, in words, where the detector takes words; an object's label is the prompt that named it. */
  prompts?: readonly string[] | undefined
  signal?: AbortSignal
}

export interface Detector extends AsyncDisposable {
  /** All that it can see; where it takes words, what it looks for when it is given none. */
  readonly labels: readonly string[]
  /** Finds what is named in words, whatever that is. */
  readonly takesPrompts: boolean
  /** Milliseconds for which one look may serve the frames after it, where nobody says otherwise; 0: none. */
  readonly keyFrameMs: number
  readonly inputSize: DetectorInputSize
  /** A larger input at which pictures are looked at a second time; absent where one look says all. */
  readonly secondLook?: DetectorInputSize | undefined
  /** Frames that may be in flight at once: one per worker. More are queued in order of arrival. */
  readonly parallelism: number
  /**
   * Finds what the pack sees. The frame's buffers are transferred to the worker and must not be used afterwards.
   * @throws FleetError CANCELLED when `signal` fires first, UNAVAILABLE when the worker died (it is restarted).
   */
  detect(frame: DetectorFrame, options?: DetectOptions): Promise<DetectionResult>
}
