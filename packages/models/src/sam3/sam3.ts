// Contract: a picture is looked at once; then any number of words, examples, points and boxes are answered from what was
// seen. Words cost a pass of the text encoder once, and no more of the picture.
import type { Bbox, RleMask } from '@sam3-fleet/shared/domain/geometry'
import type { RgbImage } from '../image/rgb-image.ts'
import type { Segment, SegmentHint } from '../segment/segmenter.ts'

/** A box that shows what is meant, or, to the contrary, what is not; in 0..1 of the picture. */
export interface PromptExample {
  box: Bbox
  isPositive: boolean
}

/** Words, examples, or both; examples alone mean "what looks like these". */
export interface Prompt {
  text: string | null
  examples?: readonly PromptExample[]
}

export interface FoundObject {
  /** 0..1: that there is what the prompt names, and that it is this. */
  confidence: number
  bbox: Bbox
  /** Of the picture's size; null below `maskMinConfidence`. */
  mask: RleMask | null
}

export interface FindOptions {
  /** 0..1; what is not above it is left out. The pack's threshold when absent. */
  minConfidence?: number
  /** Masks cost about as much as all the rest when a picture is full; `minConfidence` when absent. */
  maskMinConfidence?: number
  signal?: AbortSignal | undefined
}

/** What was seen in one picture. Holds memory of the GPU until it is disposed of. */
export interface SeenPicture extends AsyncDisposable {
  /** Wall milliseconds that seeing it took. */
  readonly encodeMs: number
  /**
   * For each prompt the objects that it names, surest first. Any number of prompts; the vectors of their words are cached.
   * @throws FleetError INVALID_INPUT for an empty prompt or too many examples, CANCELLED, UNAVAILABLE after disposal.
   */
  find(prompts: readonly Prompt[], options?: FindOptions): Promise<FoundObject[][]>
  /**
   * One segment for each hint, in order.
   * @throws FleetError NOT_SUPPORTED_BY_PACK without a tracker decoder, INVALID_INPUT, CANCELLED, UNAVAILABLE.
   */
  segment(hints: readonly SegmentHint[], signal?: AbortSignal): Promise<Segment[]>
}

export interface Sam3 extends AsyncDisposable {
  readonly runsOn: 'onnxruntime' | 'tensorrt'
  /** Points and boxes can be answered. */
  readonly takesHints: boolean
  /** Pictures that may be worked on at once with profit. */
  readonly parallelism: number
  /**
   * Looks at a picture of any size. Its buffer is read and stays the caller's.
   * @throws FleetError INVALID_INPUT for a picture with missing bytes, CANCELLED, TOO_MANY_REQUESTS when too many seen
   *   pictures are held, GPU_MEMORY_SHORT, UNAVAILABLE.
   */
  encode(image: RgbImage, signal?: AbortSignal): Promise<SeenPicture>
}
