// The image side of a CLIP-like pack on onnxruntime: the whole picture squeezed to the input size, as CLIP's fast path
// does, then encoded in a thread of its own.
import { join } from 'node:path'
import { FleetError, must } from '@sam3-fleet/shared/errors/fleet-error'
import { normalise } from '@sam3-fleet/shared/vector/vector'
import type { LoadedPack } from '../pack/load-pack.ts'
import type { ImageEncoderPart } from '../pack/pack-manifest.ts'
import type { Tensor } from '../session/inference-session.ts'
import { createWorkerSession } from '../session/worker-session.ts'
import type { ImageEncoder } from './image-encoder.ts'
import type { RgbImage } from './rgb-image.ts'

/** @throws FleetError PACK_INVALID when the pack has no image encoder or its model cannot be loaded. */
export async function createOnnxImageEncoder({ dir, manifest }: LoadedPack): Promise<ImageEncoder> {
  const part = manifest.imageEncoder
  if (!part) throw new FleetError('PACK_INVALID', `the pack ${manifest.id} has no image encoder`)
  const session = await createWorkerSession(join(dir, part.model))
  return {
    space: part.space,
    async encode(image, signal) {
      const outputs = await session.run({ [part.input.name]: clipInput(image, part.input) }, signal)
      return normalise(
        must(outputs[part.output], `output ${part.output}`).data as Float32Array,
        part.space.dimension,
      )
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

/**
 * Bilinear resize with half-pixel centres, then `(value / 255 - mean) / std` per channel.
 * @returns `[1, 3, height, width]`, red first
 */
export function clipInput(image: RgbImage, input: ImageEncoderPart['input']): Tensor {
  const { width, height } = input
  const planes = new Float32Array(3 * width * height)
  for (let y = 0; y < height; y++) {
    const [y0, y1, fy] = sample(y, height, image.height)
    for (let x = 0; x < width; x++) {
      const [x0, x1, fx] = sample(x, width, image.width)
      for (let channel = 0; channel < 3; channel++) {
        const at = (row: number, column: number): number =>
          image.data[(row * image.width + column) * 3 + channel] as number
        const top = at(y0, x0) * (1 - fx) + at(y0, x1) * fx
        const bottom = at(y1, x0) * (1 - fx) + at(y1, x1) * fx
        const value = (top * (1 - fy) + bottom * fy) / 255
        planes[(channel * height + y) * width + x] =
          (value - (input.mean[channel] as number)) / (input.std[channel] as number)
      }
    }
  }
  return { type: 'float32', dims: [1, 3, height, width], data: planes }
}

/** The two source positions between which an output position lies, and how far it is from the first. */
function sample(position: number, outSize: number, inSize: number): [number, number, number] {
  const exact = Math.min(inSize - 1, Math.max(0, ((position + 0.5) * inSize) / outSize - 0.5))
  const first = Math.floor(exact)
  return [first, Math.min(inSize - 1, first + 1), exact - first]
}
