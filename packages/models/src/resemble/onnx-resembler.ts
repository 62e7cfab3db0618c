// The classifier of a pack on onnxruntime, in a thread of its own: the crop is squeezed to the model's input, since what
// is at its edges (a ball, a tripod) says as much as its middle.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { z } from 'zod'
import { FleetError, must } from '@sam3-fleet/shared/errors/fleet-error'
import type { LoadedPack } from '../pack/load-pack.ts'
import type { ClassifierPart } from '../pack/pack-manifest.ts'
import type { Tensor } from '../session/inference-session.ts'
import { createWorkerSession } from '../session/worker-session.ts'
import { likeliestClasses } from './class-probabilities.ts'
import type { Resembler } from './resembler.ts'

/** Longer names stand in no list of classes. */
const NAME_MAX_CHARACTERS = 60
const classesSchema = z.array(z.string().min(1).max(NAME_MAX_CHARACTERS)).min(2)

/** @throws FleetError PACK_INVALID when the pack has no classifier or it cannot be loaded. */
export async function createOnnxResembler({ dir, manifest }: LoadedPack): Promise<Resembler> {
  const part = manifest.classifier
  if (!part) throw new FleetError('PACK_INVALID', `the pack ${manifest.id} has no classifier`)
  const classes = await readClasses({ dir, manifest })
  const session = await createWorkerSession(join(dir, part.model))
  return {
    async resemblances(crop, signal) {
      const feeds = { [part.input.name]: await classifierInput(crop, part.input) }
      const outputs = await session.run(feeds, signal)
      const logits = must(outputs[part.output], `output ${part.output}`).data as Float32Array
      return likeliestClasses(logits, classes)
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

/** Names of all classes that a sighting of this pack may resemble; none without a classifier. @throws FleetError PACK_INVALID */
export async function readClasses({ dir, manifest: { classifier } }: LoadedPack): Promise<string[]> {
  if (!classifier) return []
  const path = join(dir, classifier.classes)
  try {
    return classesSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    throw new FleetError('PACK_INVALID', `${path} is not a list of class names`, { cause })
  }
}

/** `(value / 255 - mean) / std` per channel. @returns `[1, 3, height, width]`, red first */
async function classifierInput(crop: Uint8Array, input: ClassifierPart['input']): Promise<Tensor> {
  const { width, height, mean, std } = input
  const rgb = await sharp(crop)
    .resize(width, height, { fit: 'fill' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer()
    .catch((cause: unknown) => {
      throw new FleetError('UNPROCESSABLE_MEDIA', 'the crop is not a picture', { cause })
    })
  const plane = width * height
  const data = new Float32Array(3 * plane)
  for (let channel = 0; channel < 3; channel++) {
    const [from, by] = [mean[channel] as number, std[channel] as number]
    for (let at = 0; at < plane; at++)
      data[channel * plane + at] = ((rgb[at * 3 + channel] as number) / 255 - from) / by
  }
  return { type: 'float32', dims: [1, 3, height, width], data }
}
