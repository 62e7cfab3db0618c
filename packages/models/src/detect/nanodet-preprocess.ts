// RGB bytes of a fitted picture in, the planar normalised tensor that NanoDet was trained on out.
import type { Tensor } from '../session/inference-session.ts'
import type { RgbImage } from '../image/rgb-image.ts'
import type { NanodetPart } from '../pack/pack-manifest.ts'

/**
 * @param image fitted to an input, RGB24
 * @returns `[1, 3, height, width]` in the order blue, green, red; `(value - mean) / std` per channel
 */
export function nanodetInput(image: RgbImage, input: Pick<NanodetPart['input'], 'mean' | 'std'>): Tensor {
  const { data, width, height } = image
  const pixels = width * height
  const planes = new Float32Array(3 * pixels)
  // One table per channel: a byte has 256 values, a frame has half a million of them.
  const tables = input.mean.map((mean, channel) => normaliseTable(mean, input.std[channel] as number))
  const [blue, green, red] = tables as [Float32Array, Float32Array, Float32Array]
  for (let pixel = 0, at = 0; pixel < pixels; pixel++, at += 3) {
    planes[pixel] = blue[data[at + 2] as number] as number
    planes[pixels + pixel] = green[data[at + 1] as number] as number
    planes[2 * pixels + pixel] = red[data[at] as number] as number
  }
  return { type: 'float32', dims: [1, 3, height, width], data: planes }
}

function normaliseTable(mean: number, std: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) => (value - mean) / std)
}
