// SAM3 over its graphs, whatever they run on: prompts to rows of numbers and back, text features cached, long lists in
// parts of what one call takes, candidates chosen before masks are made of them.
import { clampBbox, type Bbox } from '@sam3-fleet/shared/domain/geometry'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { RgbImage } from '../image/rgb-image.ts'
import type { Sam3Part } from '../pack/pack-manifest.ts'
import { LruCache } from '../score/lru-cache.ts'
import type { Segment, SegmentHint } from '../segment/segmenter.ts'
import { heldPicture } from './held-picture.ts'
import { hintRow, promptRow } from './graph-rows.ts'
import type { PromptAnswer, PromptRow, Sam3Graphs } from './graphs.ts'
import type { PromptTokenizer } from './prompt-tokens.ts'
import type { FindOptions, FoundObject, Prompt, Sam3, SeenPicture } from './sam3.ts'

/** Prompts whose text features are kept: 32 KB each with 32 tokens of 256 numbers. */
const CACHED_PROMPTS_MAX = 512
/** Pictures that may be held at once: 65 MB each at the full size in half precision. */
const HELD_PICTURES_MAX = 32
/** What SAM3 was trained to take as the words of boxes without words. */
const EXAMPLES_ONLY = 'visual'
/** Masks that a hint is answered with by the graph; the best of them is the answer. */
const MASKS_OF_A_HINT = 3
/** Characters of a prompt that are read: far beyond the tokens that the text encoder takes. */
const PROMPT_CHARACTERS_MAX = 400

export interface GraphSam3Deps<Seen extends Disposable> {
  graphs: Sam3Graphs<Seen>
  part: Sam3Part
  tokenizer: PromptTokenizer
  runsOn: Sam3['runsOn']
  parallelism: number
  /** Milliseconds from any fixed moment on. */
  nowMs: () => number
}

export function createGraphSam3<Seen extends Disposable>(deps: GraphSam3Deps<Seen>): Sam3 {
  const { graphs, part } = deps
  const words = createWordCache(deps)
  let held = 0
  let closed = false

  return {
    runsOn: deps.runsOn,
    takesHints: part.graphs.trackerDecoder !== undefined,
    parallelism: deps.parallelism,
    async encode(image, signal) {
      if (closed) throw unavailable('SAM3 is closed')
      assertWhole(image)
      throwIfCancelled(signal)
      if (held >= HELD_PICTURES_MAX) {
        throw new FleetError('TOO_MANY_REQUESTS', `${held} pictures are held already`, {
          hint: 'Dispose of seen pictures that are not needed any more.',
        })
      }
      held += 1
      const startedMs = deps.nowMs()
      try {
        const seen = await graphs.see(image, signal)
        const encodeMs = deps.nowMs() - startedMs
        return seenPicture(deps, words, { seen, image, encodeMs, onGone: () => (held -= 1) })
      } catch (thrown) {
        held -= 1
        throw thrown
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true
      await graphs[Symbol.asyncDispose]()
    },
  }
}

interface Held<Seen> {
  seen: Seen
  image: RgbImage
  encodeMs: number
  onGone: () => void
}

function seenPicture<Seen extends Disposable>(
  { graphs, part }: GraphSam3Deps<Seen>,
  words: WordCache,
  { seen, image, encodeMs, onGone }: Held<Seen>,
): SeenPicture {
  const size = { width: image.width, height: image.height }

  async function findSome(
    rows: readonly PromptRow[],
    options: Required<Omit<FindOptions, 'signal'>>,
    signal?: AbortSignal,
  ) {
    using answer = await graphs.find(seen, rows, signal)
    const chosen = choose(answer, rows.length, options.minConfidence)
    const masked = chosen.flat().filter(({ confidence }) => confidence > options.maskMinConfidence)
    const masks = await answer.masks(
      masked.map(({ place }) => place),
      size,
    )
    const maskOf = new Map(masked.map(({ place }, at) => [place, masks[at]?.mask ?? null]))
    return chosen.map((objects) =>
      objects.map(({ place, ...object }): FoundObject => ({ ...object, mask: maskOf.get(place) ?? null })),
    )
  }

  const questions: Pick<SeenPicture, 'encodeMs' | 'find' | 'segment'> = {
    encodeMs,
    async find(prompts, given = {}) {
      const { minConfidence = part.thresholds.track, signal } = given
      const options = { minConfidence, maskMinConfidence: given.maskMinConfidence ?? minConfidence }
      const rows = await words.rows(prompts, signal)
      const found: FoundObject[][] = []
      for (let at = 0; at < rows.length; at += part.limits.prompts) {
        throwIfCancelled(signal)
        found.push(...(await findSome(rows.slice(at, at + part.limits.prompts), options, signal)))
      }
      return found
    },
    async segment(hints, signal) {
      if (part.graphs.trackerDecoder === undefined) {
        throw new FleetError('NOT_SUPPORTED_BY_PACK', 'this SAM3 pack has no tracker decoder', {
          hint: 'Export the pack with it, or ask by words or examples.',
        })
      }
      const rows = hints.map((hint) => hintRow(hint, part))
      const segments: Segment[] = []
      for (let at = 0; at < rows.length; at += part.limits.prompts) {
        throwIfCancelled(signal)
        using answer = await graphs.point(seen, rows.slice(at, at + part.limits.prompts), signal)
        const asked = hints.slice(at, at + part.limits.prompts)
        const best = asked.map((_hint, row) => bestMask(answer.scores, row))
        const masks = await answer.masks(best, size)
        segments.push(...asked.map((hint, row) => toSegment(hint, masks[row], answer.scores[best[row] ?? 0])))
      }
      return segments
    },
  }
  return heldPicture(questions, () => {
    seen[Symbol.dispose]()
    onGone()
  })
}

interface WordCache {
  rows(prompts: readonly Prompt[], signal?: AbortSignal): Promise<PromptRow[]>
}

function createWordCache<Seen extends Disposable>({
  graphs,
  part,
  tokenizer,
}: GraphSam3Deps<Seen>): WordCache {
  const cache = new LruCache<Float32Array>(CACHED_PROMPTS_MAX)

  async function featuresOf(
    texts: readonly string[],
    signal?: AbortSignal,
  ): Promise<Map<string, Float32Array>> {
    const known = new Map<string, Float32Array>()
    for (const text of texts) {
      const features = cache.get(text)
      if (features) known.set(text, features)
    }
    const missing = [...new Set(texts)].filter((text) => !known.has(text))
    for (let at = 0; at < missing.length; at += part.limits.prompts) {
      throwIfCancelled(signal)
      const some = missing.slice(at, at + part.limits.prompts)
      const read = await graphs.read(
        some.map((text) => tokenizer.tokens(text)),
        signal,
      )
      for (const [n, text] of some.entries()) {
        const features = read[n]
        if (!features) throw new FleetError('INTERNAL', `no text features of "${text}"`)
        cache.set(text, features)
        known.set(text, features)
      }
    }
    return known
  }

  return {
    async rows(prompts, signal) {
      const texts = prompts.map(textOf)
      const features = await featuresOf(texts, signal)
      return prompts.map(({ examples = [] }, n) => {
        const text = texts[n] as string
        return promptRow(
          { features: features.get(text) as Float32Array, tokens: tokenizer.tokens(text), examples },
          part,
        )
      })
    },
  }
}

function textOf({ text, examples = [] }: Prompt): string {
  const words = (text ?? '').trim().slice(0, PROMPT_CHARACTERS_MAX)
  if (words !== '') return words
  if (examples.length > 0) return EXAMPLES_ONLY
  throw new FleetError('INVALID_INPUT', 'a prompt has neither words nor examples')
}

interface Chosen {
  place: number
  confidence: number
  bbox: Bbox
}

/** Of each row the candidates above the confidence, surest first; of equal ones the earlier. */
function choose({ scores, boxes }: PromptAnswer, rows: number, minConfidence: number): Chosen[][] {
  const candidates = scores.length / rows
  return Array.from({ length: rows }, (_, row) => {
    const chosen: Chosen[] = []
    for (let place = row * candidates; place < (row + 1) * candidates; place++) {
      const confidence = scores[place] as number
      // What is no number is no object.
      if (!(confidence > minConfidence)) continue
      const [left, top, right, bottom] = boxes.subarray(place * 4, place * 4 + 4) as unknown as Bbox
      const bbox = clampBbox([left, top, right - left, bottom - top])
      if (bbox.every((number) => Number.isFinite(number)))
        chosen.push({ place, confidence: Math.min(1, confidence), bbox })
    }
    return chosen.toSorted((a, b) => b.confidence - a.confidence)
  })
}

function bestMask(scores: Float32Array, row: number): number {
  let best = row * MASKS_OF_A_HINT
  for (let place = best; place < (row + 1) * MASKS_OF_A_HINT; place++)
    if ((scores[place] as number) > (scores[best] as number)) best = place
  return best
}

function toSegment(
  hint: SegmentHint,
  cut: { mask: Segment['mask']; bbox: Bbox | null } | undefined,
  score: number | undefined,
): Segment {
  if (!cut) throw new FleetError('INTERNAL', 'a hint has no mask')
  const confidence = Number.isFinite(score) ? Math.min(1, Math.max(0, score as number)) : 0
  return { bbox: cut.bbox ?? hint.box ?? [0, 0, 0, 0], mask: cut.mask, confidence }
}

/** Missing bytes would read as black or as nothing. */
function assertWhole({ width, height, data }: RgbImage): void {
  const isWhole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0
  if (isWhole && data.length === width * height * 3) return
  throw new FleetError(
    'INVALID_INPUT',
    `a picture of ${width}x${height} has ${width * height * 3} bytes, got ${data.length}`,
  )
}

function unavailable(message: string): FleetError {
  return new FleetError('UNAVAILABLE', message)
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new FleetError('CANCELLED', 'the caller does not want the answer any more')
}
