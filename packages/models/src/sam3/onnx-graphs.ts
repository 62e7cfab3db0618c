// The graphs of a SAM3 pack on onnxruntime, in the calling thread, which they hold while they run: for small models, tests
// and a look at a full one without a GPU. The features of a picture are kept as they came.
import { join } from 'node:path'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { freePixels } from '../image/free-pixels.ts'
import type { LoadedPack } from '../pack/load-pack.ts'
import type { Sam3Part } from '../pack/pack-manifest.ts'
import type { InferenceSession, Tensor, TensorMap } from '../session/inference-session.ts'
import { createOnnxSession } from '../session/onnx-session.ts'
import { hintFeeds, promptFeeds, tokenFeeds } from './graph-feeds.ts'
import { IO } from './graph-io.ts'
import type { Answer, Sam3Graphs } from './graphs.ts'
import { cutMask, toProbabilities, type CutMask, type MaskSize } from './mask-runs.ts'
import { visionInput } from './square-picture.ts'

/** Logit above which a pixel belongs to the mask of a hint. */
const HINT_MASK_LOGIT = 0

export interface OnnxFeatures extends Disposable {
  tensors: TensorMap
}

/** @throws FleetError PACK_INVALID when the pack has no SAM3, or one for another runtime. */
export async function createOnnxGraphs({
  dir,
  manifest: { id, segmenter: part },
}: LoadedPack): Promise<Sam3Graphs<OnnxFeatures>> {
  if (!part) throw new FleetError('PACK_INVALID', `the pack ${id} has no SAM3`)
  if (part.dtype !== 'float32') {
    throw new FleetError('PACK_INVALID', `the SAM3 of ${id} is in half precision, which needs TensorRT`, {
      hint: 'Export it with --dtype fp32 to run it without a GPU.',
    })
  }
  await using opened = new AsyncDisposableStack()
  const open = async (graph: string): Promise<InferenceSession> =>
    opened.use(await createOnnxSession(join(dir, graph)))
  const { visionEncoder, textEncoder, promptDecoder, trackerDecoder } = part.graphs
  const vision = await open(visionEncoder)
  const text = await open(textEncoder)
  const prompts = await open(promptDecoder)
  const tracker = trackerDecoder === undefined ? null : await open(trackerDecoder)
  const resources = opened.move()

  return {
    async see(image) {
      const pixels = visionInput(image, part.input)
      const tensors = await vision.run({ [IO.pixels]: pixels })
      freePixels(pixels.data)
      return {
        tensors,
        [Symbol.dispose]: () => Object.values(tensors).forEach(({ data }) => freePixels(data)),
      }
    },
    async read(tokens) {
      const { [IO.textFeatures]: features } = await text.run(tokenFeeds(tokens, part))
      const length = part.maxTokens * part.shape.channels
      const all = floats(features, IO.textFeatures)
      return tokens.map((_, row) => all.slice(row * length, (row + 1) * length))
    },
    async find(seen, rows) {
      const feeds = { ...pick(seen.tensors, IO.features), ...promptFeeds(rows, part) }
      const outputs = await prompts.run(feeds)
      return {
        ...answer(outputs, { masks: IO.promptMasks, scores: IO.promptScores, part }, (soft, size) =>
          cutMask({ ...soft, values: toProbabilities(soft.values) }, size, part.thresholds.mask),
        ),
        boxes: floats(outputs[IO.promptBoxes], IO.promptBoxes),
      }
    },
    async point(seen, rows) {
      if (!tracker) throw new FleetError('NOT_SUPPORTED_BY_PACK', `the pack ${id} has no tracker decoder`)
      const outputs = await tracker.run({ ...pick(seen.tensors, IO.trackFeatures), ...hintFeeds(rows, part) })
      return answer(outputs, { masks: IO.hintMasks, scores: IO.hintScores, part }, (soft, size) =>
        cutMask(soft, size, HINT_MASK_LOGIT),
      )
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

interface AnswerNames {
  masks: string
  scores: string
  part: Sam3Part
}

function answer(
  outputs: TensorMap,
  names: AnswerNames,
  cut: (soft: { values: Float32Array; width: number; height: number }, size: MaskSize) => CutMask,
): Answer {
  const masks = floats(outputs[names.masks], names.masks)
  const side = names.part.shape.mask
  return {
    scores: floats(outputs[names.scores], names.scores),
    masks: async (places, size) =>
      places.map((place) => {
        const values = masks.subarray(place * side * side, (place + 1) * side * side)
        return cut({ values, width: side, height: side }, size)
      }),
    [Symbol.dispose]: () => freePixels(masks),
  }
}

/** The in-thread session reads its inputs where they are, so that they serve again. */
function pick(tensors: TensorMap, names: readonly string[]): TensorMap {
  return Object.fromEntries(
    names.map((name) => {
      const tensor = tensors[name]
      if (!tensor) throw new FleetError('PACK_INVALID', `the vision encoder gives no ${name}`)
      return [name, tensor]
    }),
  )
}

function floats(tensor: Tensor | undefined, name: string): Float32Array {
  if (tensor?.type === 'float32') return tensor.data
  throw new FleetError('PACK_INVALID', `a graph of SAM3 gives no ${name} of floats`)
}
