// A person's words in, detector labels and measured colours out: the interpreter for packs with a text encoder.
import type { TextEncoder } from '../text/text-encoder.ts'
import { createLabelMatcher } from './label-matcher.ts'
import type { PromptInterpreter } from './prompt-interpreter.ts'
import { phrasesOf } from './prompt-phrases.ts'
import { createWish } from './wish.ts'

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
      const read = phrasesOf(prompt.slice(0, MAX_PROMPT_CHARACTERS))
      const wish = createWish(read)
      for (const phrase of read.phrases.slice(0, MAX_PHRASES))
        wish.add(phrase, await matcher.match(phrase.words, signal))
      for (const { words } of read.phrases.slice(MAX_PHRASES)) wish.ignore(words)
      return wish.interpretation(prompt)
    },
  }
}
