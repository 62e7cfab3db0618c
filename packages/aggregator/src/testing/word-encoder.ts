// A text encoder for tests: every word has an axis of its own, so that sentences with common words are near.
// Deterministic and instant; a real TextEncoder in all that callers rely on.
import { createHash } from 'node:crypto'
import type { TextEncoder } from '@sam3-fleet/models/text/text-encoder'
import { normalise } from '@sam3-fleet/shared/vector/vector'
import { space } from './seed.ts'

/** Enough axes that two words of a test seldom share one. */
const DIMENSION = 256
export const WORD_SPACE = space('words@1', DIMENSION)

export function createWordEncoder(): TextEncoder {
  return {
    space: WORD_SPACE,
    encode: (sentences) => Promise.resolve(sentences.map(wordVector)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

export function wordVector(sentence: string): Float32Array {
  const values = new Float32Array(DIMENSION)
  for (const word of sentence.toLowerCase().match(/[a-z]+/g) ?? ['nothing']) {
    const axis = createHash('sha256').update(word).digest().readUInt16LE(0) % DIMENSION
    values[axis] = (values[axis] ?? 0) + 1
  }
  return normalise(values, DIMENSION)
}
