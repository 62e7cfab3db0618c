// A picture of any size in, the same stretched to the network's input out, byte for byte as PyTorch scales bytes down and
// up: a triangle as wide as the scale, columns first, each pass rounded to bytes with weights of 16 bits. Pure.
import type { Tensor } from '../session/inference-session.ts'
import type { RgbImage } from '../image/rgb-image.ts'
import type { Sam3Part } from '../pack/pack-manifest.ts'

const CHANNELS = 3
/** Bits of a weight's fraction at most, and what a weight must stay below: it is a signed number of 16 bits. */
const FRACTION_BITS_MAX = 22
const WEIGHT_END = 1 << 15

/** For each place of the output: where its samples begin, and their weights in fractions of `1 << bits`. */
interface Taps {
  first: Int32Array
  weights: readonly Int32Array[]
  bits: number
}

/** @returns the picture stretched to `width` x `height` */
export function stretch(image: RgbImage, width: number, height: number): RgbImage {
  const across = image.width === width ? image : stretchRows(image, width)
  return image.height === height ? across : stretchColumns(across, height)
}

/** @returns `[1, 3, height, width]`, red first: `(value / 255 - mean) / std` of the stretched picture */
export function visionInput(image: RgbImage, { width, height, mean, std }: Sam3Part['input']): Tensor {
  const { data } = stretch(image, width, height)
  const pixels = width * height
  const planes = new Float32Array(CHANNELS * pixels)
  for (let channel = 0; channel < CHANNELS; channel++) {
    const [centre, spread] = [(mean[channel] as number) * 255, (std[channel] as number) * 255]
    const values = Float32Array.from({ length: 256 }, (_, byte) => (byte - centre) / spread)
    for (let pixel = 0, at = channel; pixel < pixels; pixel++, at += CHANNELS)
      planes[channel * pixels + pixel] = values[data[at] as number] as number
  }
  return { type: 'float32', dims: [1, CHANNELS, height, width], data: planes }
}

function stretchRows(image: RgbImage, width: number): RgbImage {
  const { first, weights, bits } = tapsOf(image.width, width)
  const data = new Uint8Array(image.height * width * CHANNELS)
  const half = 1 << (bits - 1)
  for (let x = 0; x < width; x++) {
    const taps = weights[x] as Int32Array
    const from = (first[x] as number) * CHANNELS
    for (let y = 0; y < image.height; y++) {
      const at = y * image.width * CHANNELS + from
      for (let channel = 0; channel < CHANNELS; channel++) {
        let sum = half
        for (let tap = 0; tap < taps.length; tap++)
          sum += (image.data[at + tap * CHANNELS + channel] as number) * (taps[tap] as number)
        data[(y * width + x) * CHANNELS + channel] = sum >> bits
      }
    }
  }
  return { data, width, height: image.height }
}

function stretchColumns(image: RgbImage, height: number): RgbImage {
  const { first, weights, bits } = tapsOf(image.height, height)
  const stride = image.width * CHANNELS
  const data = new Uint8Array(height * stride)
  const sums = new Int32Array(stride)
  for (let y = 0; y < height; y++) {
    const taps = weights[y] as Int32Array
    sums.fill(1 << (bits - 1))
    for (let tap = 0; tap < taps.length; tap++) {
      const weight = taps[tap] as number
      const row = image.data.subarray(
        ((first[y] as number) + tap) * stride,
        ((first[y] as number) + tap + 1) * stride,
      )
      for (let at = 0; at < stride; at++) sums[at] = (sums[at] as number) + (row[at] as number) * weight
    }
    for (let at = 0; at < stride; at++) data[y * stride + at] = (sums[at] as number) >> bits
  }
  return { data, width: image.width, height }
}

function tapsOf(from: number, to: number): Taps {
  const scale = from / to
  const reach = Math.max(1, scale)
  const first = new Int32Array(to)
  const exact = Array.from({ length: to }, (_, place) => {
    const centre = scale * (place + 0.5)
    const begin = Math.max(0, Math.trunc(centre - reach + 0.5))
    const end = Math.min(from, Math.trunc(centre + reach + 0.5))
    first[place] = begin
    const taps = Array.from({ length: end - begin }, (_tap, tap) =>
      Math.max(0, 1 - Math.abs((begin + tap - centre + 0.5) / reach)),
    )
    const sum = taps.reduce((total, weight) => total + weight, 0)
    return taps.map((weight) => weight / sum)
  })
  const largest = exact.reduce((most, taps) => taps.reduce((max, weight) => Math.max(max, weight), most), 0)
  let bits = 0
  while (bits < FRACTION_BITS_MAX && Math.trunc(0.5 + largest * 2 ** (bits + 1)) < WEIGHT_END) bits += 1
  const unit = 2 ** bits
  return {
    first,
    bits,
    weights: exact.map((taps) => Int32Array.from(taps, (weight) => Math.trunc(weight * unit + 0.5))),
  }
}
