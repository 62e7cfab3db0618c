// Contract: the four graphs of a SAM3 pack on some runtime. What a picture looked like stays with the runtime; words,
// boxes and points go in as numbers, answers come out as numbers, masks only of those rows that somebody wants.
import type { RgbImage } from '../image/rgb-image.ts'
import type { CutMask, MaskSize } from './mask-runs.ts'
import type { PromptTokens } from './prompt-tokens.ts'

/** Of one prompt: text features `[maxTokens, channels]` and its boxes in all slots of the pack. */
export interface PromptRow {
  features: Float32Array
  tokens: PromptTokens
  /** `boxSlots` times centre and size in 0..1. */
  boxes: Float32Array
  /** 1 what is meant, 0 what is not, EMPTY_SLOT. */
  boxLabels: BigInt64Array
}

/** Of one hint: `pointSlots` times x and y in pixels of the input, and what each is. */
export interface HintRow {
  points: Float32Array
  /** 1 on it, 0 not on it, 2 and 3 corners of a box, EMPTY_SLOT. */
  pointLabels: BigInt64Array
}

/** Label of a slot that holds nothing. */
export const EMPTY_SLOT = -10n

export interface Answer extends Disposable {
  /** For each row of the question as many as the graph has candidates. */
  readonly scores: Float32Array
  /** Masks of the candidates at these places of `scores`, at the size of the picture. */
  masks(places: readonly number[], size: MaskSize): Promise<CutMask[]>
}

export interface PromptAnswer extends Answer {
  /** Corners in 0..1, four numbers for each score. */
  readonly boxes: Float32Array
}

/** `Seen` are the features of a picture, wherever the runtime keeps them. */
export interface Sam3Graphs<Seen extends Disposable> extends AsyncDisposable {
  see(image: RgbImage, signal?: AbortSignal): Promise<Seen>
  /** Text features `[maxTokens, channels]` of each prompt; at most `limits.prompts`. */
  read(prompts: readonly PromptTokens[], signal?: AbortSignal): Promise<Float32Array[]>
  /** At most `limits.prompts` rows. */
  find(seen: Seen, rows: readonly PromptRow[], signal?: AbortSignal): Promise<PromptAnswer>
  /** At most `limits.prompts` rows; only where the pack has a tracker decoder. */
  point(seen: Seen, rows: readonly HintRow[], signal?: AbortSignal): Promise<Answer>
}
