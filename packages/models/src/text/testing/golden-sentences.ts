// What the reference tokenizer and the original weights say of each golden sentence.
import { readFile } from 'node:fs/promises'
import { fromF16Bytes } from '@sam3-fleet/shared/vector/vector'

export interface GoldenSentence {
  text: string
  ids: number[]
  /** Of the weights before quantisation, computed in f64. */
  vector: Float32Array
}

export async function readGoldenSentences(): Promise<GoldenSentence[]> {
  const path = new URL('../golden/sentences.json', import.meta.url)
  const entries = JSON.parse(await readFile(path, 'utf8')) as {
    text: string
    ids: number[]
    vectorF16: string
  }[]
  return entries.map(({ text, ids, vectorF16 }) => ({
    text,
    ids,
    vector: fromF16Bytes(Buffer.from(vectorF16, 'base64')),
  }))
}
