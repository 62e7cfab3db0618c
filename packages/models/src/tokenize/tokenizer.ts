// Sentences to token ids, equal to the reference implementation (tested against it).
import { readFile } from 'node:fs/promises'
import { Tokenizer } from '@huggingface/tokenizers'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

export interface SentenceTokenizer {
  /** Ids with the special tokens of the model, cut to `maxTokens` so that the last one stays. */
  encode(sentence: string): number[]
}

/** @throws FleetError PACK_INVALID when the files are not a tokenizer. */
export async function loadTokenizer(
  tokenizerPath: string,
  configPath: string,
  maxTokens: number,
): Promise<SentenceTokenizer> {
  try {
    const [tokenizer, config] = await Promise.all([
      readFile(tokenizerPath, 'utf8'),
      readFile(configPath, 'utf8'),
    ])
    const reference = new Tokenizer(JSON.parse(tokenizer) as object, JSON.parse(config) as object)
    return {
      encode(sentence) {
        const { ids } = reference.encode(sentence)
        return ids.length <= maxTokens ? ids : [...ids.slice(0, maxTokens - 1), ids.at(-1) as number]
      },
    }
  } catch (cause) {
    throw new FleetError('PACK_INVALID', `${tokenizerPath} is not a tokenizer`, { cause })
  }
}
