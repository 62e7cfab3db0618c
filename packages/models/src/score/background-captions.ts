// A pack's labels in, a few hundred ordinary captions out: what a camera sees when it sees nothing in particular.
// A query's similarity to these says what an accidental likeness looks like for this query in this space.
import type { TextEncoder } from '../text/text-encoder.ts'
import { describeSighting } from '../describe/describe-sighting.ts'
import { COLOUR_NAMES } from '../describe/name-colour.ts'
import { BACKGROUND_PATHS } from './background-paths.ts'

/** About this many in all: enough for a steady mean and deviation (standard error 5 % of the deviation). */
const CAPTION_TARGET = 240
const MIN_CAPTIONS_PER_LABEL = 2

/** Deterministic: equal labels give equal captions, each label about as often, colours and movements in turn. */
export function backgroundCaptions(labels: readonly string[]): string[] {
  const perLabel = Math.max(MIN_CAPTIONS_PER_LABEL, Math.ceil(CAPTION_TARGET / Math.max(1, labels.length)))
  const captions = new Set<string>()
  let turn = 0
  for (const label of labels) {
    for (let i = 0; i < perLabel; i++) {
      const path = BACKGROUND_PATHS[turn % BACKGROUND_PATHS.length] ?? []
      captions.add(
        describeSighting({
          label,
          colours: coloursOf(turn),
          bbox: path[0]?.bbox ?? [0.4, 0.4, 0.1, 0.2],
          path,
        }).embeddingText,
      )
      turn++
    }
  }
  return [...captions]
}

/** Encodes the captions once; call it at start and keep the result for the life of the encoder. */
export function encodeBackground(
  encoder: TextEncoder,
  labels: readonly string[],
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  return encoder.encode(backgroundCaptions(labels), signal)
}

/** None, one or two colours in turn; 7 has no factor in common with 11, so all pairs come round. */
function coloursOf(turn: number): { name: string; share: number }[] {
  const colours = [turn, turn * 7 + 3].map((at) => COLOUR_NAMES[at % COLOUR_NAMES.length] ?? 'grey')
  return [...new Set(colours)].slice(0, turn % 3).map((name) => ({ name, share: 0.45 }))
}
