// The kernels' work beside that of this package: the same letterbox, the same boxes, the same masks.
import { afterAll, expect, it } from 'vitest'
import fc from 'fast-check'
import { decodeMask, encodeMask } from '@sam3-fleet/shared/domain/rle-mask'
import { createCpuFrameKernels } from '@sam3-fleet/trt-native/cpu-frame-kernels'
import type { FitTarget } from '@sam3-fleet/trt-native/frame-kernels'
import { clipInput } from '../image/onnx-image-encoder.ts'
import { letterboxFor, type RgbImage } from '../image/rgb-image.ts'
import { DEFAULT_PACK_DIR, readManifest } from '../pack/load-pack.ts'
import type { TensorMap } from '../session/inference-session.ts'
import { nanodetBoxes } from './nanodet-postprocess.ts'
import { nanodetInput } from './nanodet-preprocess.ts'

const kernels = await createCpuFrameKernels()
afterAll(() => kernels[Symbol.asyncDispose]())
const { detector } = await readManifest(DEFAULT_PACK_DIR)
if (detector?.kind !== 'nanodet') throw new Error('the default pack has a NanoDet')
const part = detector
const { input } = part

/** Of values after normalisation, which are of the order of 2: rounding of single precision. */
const TOLERANCE = 2e-6

const side = fc.integer({ min: 1, max: 900 })
const image: fc.Arbitrary<RgbImage> = fc
  .record({ width: side, height: side, seed: fc.integer() })
  .map(({ width, height, seed }) => ({ width, height, data: noise(width * height * 3, seed) }))

/** Means of the pack are in the order of the network's planes: blue first. */
const reversed = ([first, second, third]: readonly number[]): [number, number, number] => [
  third ?? 0,
  second ?? 0,
  first ?? 0,
]

it('letterboxes and normalises a picture as NanoDet of this package is given it', async () => {
  await fc.assert(
    fc.asyncProperty(image, async (given) => {
      const box = letterboxFor(given.width, given.height, input)
      const { tensor } = await kernels.fit(
        { format: 'rgb', width: given.width, height: given.height, bytes: { data: given.data.slice() } },
        {
          width: box.inputWidth,
          height: box.inputHeight,
          place: { x: box.padX, y: box.padY, width: box.scaledWidth, height: box.scaledHeight },
          padValue: input.padValue,
          mean: reversed(input.mean),
          std: reversed(input.std),
          order: 'bgr',
          type: 'float32',
        },
      )
      const fitted = paddedBytes(given, box, input.padValue)
      const expected = nanodetInput({ width: box.inputWidth, height: box.inputHeight, data: fitted }, input)
      expect(tensor.dims).toEqual(expected.dims)
      // This package's own resize ends in bytes; the kernels' does not: half a byte lies between them.
      const halfByte = 0.5 / Math.min(...input.std)
      expect(largestDifference(tensor.data, expected.data as Float32Array)).toBeLessThan(halfByte + TOLERANCE)
    }),
    { numRuns: 15 },
  )
})

it('equals NanoDet of this package exactly where nothing is resized, to the last rounding', async () => {
  const width = input.width
  const height = input.height - input.multipleOf
  const given = { width, height, data: noise(width * height * 3, 5) }
  const { tensor } = await kernels.fit(
    { format: 'rgb', width, height, bytes: { data: given.data.slice() } },
    {
      width,
      height,
      mean: reversed(input.mean),
      std: reversed(input.std),
      order: 'bgr',
      type: 'float32',
    },
  )
  expect(largestDifference(tensor.data, nanodetInput(given, input).data as Float32Array)).toBeLessThan(
    TOLERANCE,
  )
})

it('squeezes and normalises a picture as CLIP of this package is given it', async () => {
  const clip = { name: 'x', width: 64, height: 48, channels: 'rgb' } as const
  const mean = [0.48, 0.46, 0.41] as const
  const std = [0.27, 0.26, 0.28] as const
  const bytes = ([a, b, c]: readonly [number, number, number]): FitTarget['mean'] => [
    a * 255,
    b * 255,
    c * 255,
  ]
  await fc.assert(
    fc.asyncProperty(image, async (given) => {
      const { tensor } = await kernels.fit(
        { format: 'rgb', width: given.width, height: given.height, bytes: { data: given.data.slice() } },
        { width: 64, height: 48, mean: bytes(mean), std: bytes(std), type: 'float32' },
      )
      const expected = clipInput(given, { ...clip, mean: [...mean], std: [...std] })
      expect(tensor.dims).toEqual(expected.dims)
      expect(largestDifference(tensor.data, expected.data as Float32Array)).toBeLessThan(TOLERANCE)
    }),
    { numRuns: 30 },
  )
})

it('decodes and thins out boxes exactly as NanoDet of this package does', async () => {
  let most = 0
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.constantFrom(0.3, 0.9, 0.97),
      fc.boolean(),
      async (seed, sure, isWide) => {
        const picture = isWide ? { width: 1920, height: 700 } : { width: 480, height: 640 }
        const letterbox = letterboxFor(picture.width, picture.height, input)
        const { inputWidth, inputHeight } = letterbox
        const outputs = randomOutputs(seed, inputWidth, inputHeight)
        const options = { part, letterbox, inputWidth, picture, minConfidence: sure }
        const expected = nanodetBoxes(outputs, options)
        const { boxes } = await kernels.boxes(
          {
            kind: 'sides',
            bins: part.distanceBins,
            levels: part.strides.map((stride) => ({
              stride,
              columns: Math.ceil(inputWidth / stride),
              scores: floats(outputs, part.outputs.scores, stride),
              boxes: floats(outputs, part.outputs.distances, stride),
            })),
          },
          {
            classes: part.labels.length,
            minConfidence: sure,
            maxOverlap: part.thresholds.nms,
            candidatesMax: 1000,
            keptMax: 200,
            letterbox: { ...letterbox, scaleX: letterbox.scale, scaleY: letterbox.scale },
            picture,
          },
        )
        most = Math.max(most, expected.length)
        expect(boxes.map(({ labelIndex, confidence }) => [labelIndex, confidence])).toEqual(
          expected.map(({ labelIndex, confidence }) => [labelIndex, confidence]),
        )
        boxes.forEach((box, at) => {
          expect(largestDifference(box.bbox, Float64Array.from(expected[at]?.bbox ?? []))).toBeLessThan(1e-12)
        })
      },
    ),
    { numRuns: 20 },
  )
  expect(most).toBe(200)
})

it('writes masks as the shared package does', async () => {
  const size = fc.integer({ min: 1, max: 80 })
  await fc.assert(
    fc.asyncProperty(
      size,
      size,
      fc.integer(),
      fc.constantFrom(1, 9, 40),
      async (width, height, seed, grain) => {
        // Values of single positions, and stretches of equal ones, which make long runs.
        const bytes = noise(width * height, seed)
        const mask = bytes.map((_, at) => (bytes[at - (at % grain)] ?? 0) & 1)
        const data = Float32Array.from(mask, (value) => value * 2 - 1)
        const { masks } = await kernels.masks(
          { type: 'float32', dims: [1, height, width], data },
          { width, height },
        )
        const [found] = masks
        const expected = encodeMask(mask, width, height)
        expect(found?.counts).toBe(expected.counts)
        expect(decodeMask({ size: [height, width], counts: found?.counts ?? '' })).toEqual(mask)
        expect(found?.area).toBe(mask.reduce((sum, value) => sum + value, 0))
        expect(found?.runs.reduce((sum, run) => sum + run, 0)).toBe(width * height)
      },
    ),
  )
})

/** The picture resized by this package's bilinear, rounded to bytes, amid the padding. */
function paddedBytes(given: RgbImage, box: ReturnType<typeof letterboxFor>, padValue: number): Uint8Array {
  const { scaledWidth, scaledHeight, inputWidth, inputHeight, padX, padY } = box
  const plain = { name: 'x', width: scaledWidth, height: scaledHeight, channels: 'rgb' } as const
  const planes = clipInput(given, { ...plain, mean: [0, 0, 0], std: [1, 1, 1] }).data as Float32Array
  const bytes = new Uint8Array(inputWidth * inputHeight * 3).fill(padValue)
  for (let y = 0; y < scaledHeight; y++)
    for (let x = 0; x < scaledWidth; x++)
      for (let channel = 0; channel < 3; channel++) {
        const value = planes[(channel * scaledHeight + y) * scaledWidth + x] ?? Number.NaN
        bytes[((y + padY) * inputWidth + x + padX) * 3 + channel] = Math.round(value * 255)
      }
  return bytes
}

function randomOutputs(seed: number, inputWidth: number, inputHeight: number): TensorMap {
  const outputs: TensorMap = {}
  for (const [level, stride] of part.strides.entries()) {
    const cells = Math.ceil(inputWidth / stride) * Math.ceil(inputHeight / stride)
    const scores = unit(cells * part.labels.length, seed + level)
    const distances = unit(cells * 4 * part.distanceBins, seed - level).map((value) => value * 8 - 4)
    outputs[part.outputs.scores.replace('{stride}', `${stride}`)] = {
      type: 'float32',
      dims: [],
      data: scores,
    }
    outputs[part.outputs.distances.replace('{stride}', `${stride}`)] = {
      type: 'float32',
      dims: [],
      data: distances,
    }
  }
  return outputs
}

function floats(outputs: TensorMap, pattern: string, stride: number) {
  const data = outputs[pattern.replace('{stride}', `${stride}`)]?.data as Float32Array<ArrayBuffer>
  return { type: 'float32', dims: [data.length], data: data.slice() } as const
}

/** NaN where either is missing. */
function largestDifference(actual: ArrayLike<number>, expected: Float32Array | Float64Array): number {
  let largest = actual.length === expected.length ? 0 : Number.NaN
  for (let at = 0; at < expected.length; at++)
    largest = Math.max(largest, Math.abs((actual[at] ?? Number.NaN) - (expected[at] ?? Number.NaN)))
  return largest
}

/** In 0..1 in steps of 2^-16, so that some are equal. */
function unit(length: number, seed: number): Float32Array<ArrayBuffer> {
  const bytes = noise(length * 2, seed)
  return Float32Array.from(
    { length },
    (_, at) => ((bytes[2 * at] ?? 0) * 256 + (bytes[2 * at + 1] ?? 0)) / 65_536,
  )
}

/** Bytes that look like nothing, from a seed (xorshift32). */
function noise(length: number, seed: number): Uint8Array<ArrayBuffer> {
  let state = seed | 1
  return Uint8Array.from({ length }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state & 255
  })
}
