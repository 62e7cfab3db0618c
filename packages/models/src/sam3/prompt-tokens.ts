// Prompts to what SAM3's text encoder takes: ids of a fixed length with a mask, as CLIP's tokenizer pads them.
import { loadTokenizer, type SentenceTokenizer } from '../tokenize/tokenizer.ts'
import type { Sam3Part } from '../pack/pack-manifest.ts'
import { join } from 'node:path'

export interface PromptTokens {
  /** `maxTokens` ids, filled up with the padding token. */
  ids: BigInt64Array
  /** 1 for each id of the prompt itself. */
  mask: BigInt64Array
}

export interface PromptTokenizer {
  tokens(prompt: string): PromptTokens
}

/** @throws FleetError PACK_INVALID when the files are not a tokenizer. */
export async function loadPromptTokenizer(dir: string, part: Sam3Part): Promise<PromptTokenizer> {
  const { tokenizer, tokenizerConfig, maxTokens } = part
  return promptTokenizer(
    await loadTokenizer(join(dir, tokenizer), join(dir, tokenizerConfig), maxTokens),
    part,
  )
}

export function promptTokenizer(
  tokenizer: SentenceTokenizer,
  { maxTokens, padToken }: Pick<Sam3Part, 'maxTokens' | 'padToken'>,
): PromptTokenizer {
  return {
    tokens(prompt) {
      const ids = new BigInt64Array(maxTokens).fill(BigInt(padToken))
      const mask = new BigInt64Array(maxTokens)
      for (const [at, id] of tokenizer.encode(prompt).entries()) {
        ids[at] = BigInt(id)
        mask[at] = 1n
      }
      return { ids, mask }
    },
  }
}
