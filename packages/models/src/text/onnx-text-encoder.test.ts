import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dot, toF16Bytes } from '@sam3-fleet/shared/vector/vector'
import { DEFAULT_PACK_DIR, loadPack } from '../pack/load-pack.ts'
import { createOnnxTextEncoder } from './onnx-text-encoder.ts'
import { readGoldenSentences, type GoldenSentence } from './testing/golden-sentences.ts'
import type { TextEncoder } from './text-encoder.ts'

/** int8 weights and activations against f64; seen: .990 on average, .976 at worst on English sentences. */
const COSINE_MIN = 0.97
const ASCII = /^[\x20-\x7e]+$/

let encoder: TextEncoder
let golden: GoldenSentence[]
beforeAll(async () => {
  encoder = await createOnnxTextEncoder(await loadPack(DEFAULT_PACK_DIR))
  golden = await readGoldenSentences()
})
afterAll(() => encoder[Symbol.asyncDispose]())

async function one(sentence: string): Promise<Float32Array> {
  const [vector] = await encoder.encode([sentence])
  if (!vector) throw new Error('one sentence gives one vector')
  return vector
}

describe('the default text encoder', () => {
  it('stays close to the original weights on English sentences', async () => {
    const sentences = golden.filter(({ text }) => ASCII.test(text))
    const vectors = await encoder.encode(sentences.map(({ text }) => text))
    const cosines = sentences.map(({ text, vector }, at) => ({
      text,
      cosine: dot(vectors[at] as Float32Array, vector),
    }))
    expect(cosines.filter(({ cosine }) => cosine < COSINE_MIN)).toEqual([])
    expect(cosines.length).toBeGreaterThanOrEqual(12)
  })

  it('tells like from unlike as the model is known to', async () => {
    // The model's own page gives .943 and .257 for these.
    const [happy, very, sunny] = (await encoder.encode([
      'That is a happy person',
      'That is a very happy person',
      'Today is a sunny day',
    ])) as [Float32Array, Float32Array, Float32Array]
    expect(dot(happy, very)).toBeCloseTo(0.943, 1)
    expect(dot(happy, sunny)).toBeCloseTo(0.257, 1)
  })

  it('gives unit vectors of the space for any text at all', async () => {
    const vectors = await encoder.encode(golden.map(({ text }) => text))
    for (const vector of vectors) {
      expect(vector).toHaveLength(encoder.space.dimension)
      expect(dot(vector, vector)).toBeCloseTo(1, 5)
    }
  })

  it('gives the same bytes for a sentence alone, among others, and from a new encoder', async () => {
    const sentence = 'a person in a yellow raincoat'
    const [among] = await encoder.encode([sentence, 'something much longer that would widen a batch', 'x'])
    await using fresh = await createOnnxTextEncoder(await loadPack(DEFAULT_PACK_DIR))
    const [alone] = await fresh.encode([sentence])
    expect(toF16Bytes(alone as Float32Array)).toEqual(toF16Bytes(among as Float32Array))
  })

  it('computes a sentence once, even when it is asked many times at once', async () => {
    const vectors = await encoder.encode(Array.from({ length: 40 }, () => 'a dog on a leash'))
    expect(new Set(vectors).size).toBe(1)
    expect(await one('a dog on a leash')).toBe(vectors[0])
  })

  it('takes more sentences than its queue holds', async () => {
    const sentences = Array.from({ length: 300 }, (_, at) => `car ${at}`)
    const vectors = await encoder.encode(sentences)
    expect(vectors).toHaveLength(300)
    expect(vectors[299]).toBe(await one('car 299'))
  })

  it('stops a long list when its caller does not want it any more', async () => {
    const controller = new AbortController()
    const sentences = Array.from({ length: 2_000 }, (_, at) => `bicycle ${at}`)
    const running = encoder.encode(sentences, controller.signal)
    await one('bicycle 0')
    controller.abort()
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  it('says that a pack has no text encoder', async () => {
    const pack = await loadPack(DEFAULT_PACK_DIR)
    const without = { ...pack, manifest: { ...pack.manifest, textEncoder: null } }
    await expect(createOnnxTextEncoder(without)).rejects.toMatchObject({ code: 'PACK_INVALID' })
  })
})
