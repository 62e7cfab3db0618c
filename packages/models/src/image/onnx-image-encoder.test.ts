import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dot } from '@sam3-fleet/shared/vector/vector'
import { loadPack } from '../pack/load-pack.ts'
import { createOnnxTextEncoder } from '../text/onnx-text-encoder.ts'
import type { TextEncoder } from '../text/text-encoder.ts'
import type { ImageEncoder } from './image-encoder.ts'
import { clipInput, createOnnxImageEncoder } from './onnx-image-encoder.ts'
import type { RgbImage } from './rgb-image.ts'

/** Its towers place a picture by its mean colour and a sentence by the colours it names, in one space. */
const TWO_TOWER = fileURLToPath(new URL('./fixtures/packs/two-tower', import.meta.url))

function plain(width: number, height: number, rgb: readonly [number, number, number]): RgbImage {
  return {
    width,
    height,
    data: Uint8Array.from({ length: width * height * 3 }, (_, at) => rgb[at % 3] as number),
  }
}

describe('a pack with two towers', () => {
  let pictures: ImageEncoder
  let sentences: TextEncoder
  beforeAll(async () => {
    const pack = await loadPack(TWO_TOWER)
    pictures = await createOnnxImageEncoder(pack)
    sentences = await createOnnxTextEncoder(pack)
  })
  afterAll(() => Promise.all([pictures[Symbol.asyncDispose](), sentences[Symbol.asyncDispose]()]))

  it('has one space for pictures and sentences', () => {
    expect(pictures.space).toEqual(sentences.space)
  })

  it.each([
    ['red', [220, 0, 0], 'a red picture'],
    ['green', [0, 90, 0], 'A GREEN picture'],
    ['blue', [0, 0, 255], 'blue'],
  ] as const)('finds the %s picture by its name and not by the others', async (name, rgb, sentence) => {
    const picture = await pictures.encode(plain(31, 17, rgb))
    const named = await sentences.encode([
      sentence,
      ...['red', 'green', 'blue'].filter((other) => other !== name),
    ])
    const [right, ...wrong] = named.map((vector) => dot(picture, vector)) as [number, ...number[]]
    expect(right).toBeCloseTo(1, 4)
    expect(Math.max(...wrong)).toBeLessThan(0.9)
  })

  it('keeps the order of channels and undoes nothing of mean and deviation', async () => {
    const mixed = await pictures.encode(plain(8, 8, [200, 100, 0]))
    const [red, green] = await sentences.encode(['red red green', 'red green green'])
    expect(dot(mixed, red as Float32Array)).toBeCloseTo(1, 4)
    expect(dot(mixed, green as Float32Array)).toBeLessThan(0.99)
  })

  it('does not encode what was cancelled', async () => {
    await expect(pictures.encode(plain(8, 8, [1, 2, 3]), AbortSignal.abort())).rejects.toMatchObject({
      code: 'CANCELLED',
    })
  })
})

describe('a picture fitted to an image encoder', () => {
  const input = {
    name: 'pixels',
    width: 2,
    height: 2,
    channels: 'rgb' as const,
    mean: [0, 0, 0] as [number, number, number],
    std: [1, 1, 1] as [number, number, number],
  }

  it('is interpolated between pixel centres', () => {
    // One row of four reds: halves meet between the first two and the last two.
    const image = { width: 4, height: 1, data: Uint8Array.of(0, 0, 0, 51, 0, 0, 102, 0, 0, 255, 0, 0) }
    const { data, dims } = clipInput(image, input)
    expect(dims).toEqual([1, 3, 2, 2])
    const red = [...(data as Float32Array).subarray(0, 4)]
    expect(red).toEqual([0.1, 0.7, 0.1, 0.7].map((value) => expect.closeTo(value, 6)))
  })

  it('reads a picture of one pixel', () => {
    const { data } = clipInput(plain(1, 1, [255, 0, 51]), input)
    expect([...data].map((value) => Math.round(Number(value) * 10))).toEqual([
      10, 10, 10, 10, 0, 0, 0, 0, 2, 2, 2, 2,
    ])
  })
})
