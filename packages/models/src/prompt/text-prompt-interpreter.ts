// A person's words in, detector labels and measured colours out: the interpreter for packs with a text encoder.
import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import type { TextEncoder } from '../text/text-encoder.ts'
import type { LabelMatch } from './label-matcher.ts'
import { createLabelMatcher } from './label-matcher.ts'
import type { PromptInterpreter } from './prompt-interpreter.ts'
import { phrasesOf } from './prompt-phrases.ts'

/** A prompt is a short wish; what stands beyond this is not read (contracts: 400 characters). */
const MAX_PROMPT_CHARACTERS = 400
/** Bounds the encoder's work for one prompt. */
const MAX_PHRASES = 8

/** `labels` are those of the loaded pack's detector, or of all packs in the fleet at the centre. */
export function createTextPromptInterpreter(deps: {
  encoder: TextEncoder
  labels: readonly string[]
}): PromptInterpreter {
  const matcher = createLabelMatcher(deps)
  return {
    async interpret(prompt, signal) {
      const { colours, phrases, unmeasured } = phrasesOf(prompt.slice(0, MAX_PROMPT_CHARACTERS))
      const best = new Map<string, LabelMatch>()
      const ignored = new Set(unmeasured)
      for (const phrase of phrases.slice(0, MAX_PHRASES)) {
        const { labels, unmatched } = await matcher.match(phrase, signal)
        for (const match of labels) {
          if ((best.get(match.label)?.similarity ?? -1) < match.similarity) best.set(match.label, match)
        }
        for (const word of unmatched) ignored.add(word)
      }
      for (const phrase of phrases.slice(MAX_PHRASES)) for (const word of phrase) ignored.add(word)

      const labels = [...best.values()].sort((a, b) => b.similarity - a.similarity)
      return {
        prompt,
        labels,
        colours,
        ignored: [...ignored],
        summary: summaryOf(labels, colours, [...ignored]),
      }
    },
  }
}

function summaryOf(
  labels: readonly LabelMatch[],
  colours: readonly string[],
  ignored: string[],
): Interpretation['summary'] {
  const unseen = ignored.length > 0 ? `; cannot tell ${ignored.join(', ')}` : ''
  if (labels.length === 0) {
    return colours.length > 0
      ? `Names nothing that this pack can see, only ${colours.join(', ')}${unseen}`
      : `Names nothing that this pack can see${unseen}`
  }
  const keeping = colours.length > 0 ? `; keeping ${colours.join(', ')}` : ''
  return `Watching for ${labels.map(({ label }) => label).join(', ')}${keeping}${unseen}`
}
