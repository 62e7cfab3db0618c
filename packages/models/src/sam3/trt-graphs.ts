// The graphs of a SAM3 pack on TensorRT: the picture is fitted on the GPU, its features stay there for every decoder, and
// masks are enlarged and written as run lengths there too. Only scores, boxes and run lengths come back.
import { FleetError, toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { DeviceTensor, Engine, EngineInput, TensorInfo } from '@sam3-fleet/trt-native/engine'
import type { FrameKernels, MaskOptions, MaskRuns } from '@sam3-fleet/trt-native/frame-kernels'
import type { HostTensor } from '@sam3-fleet/trt-native/tensor'
import { TrtError } from '@sam3-fleet/trt-native/trt-error'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { Sam3Part } from '../pack/pack-manifest.ts'
import type { Tensor } from '../session/inference-session.ts'
import { hintFeeds, promptFeeds, tokenFeeds } from './graph-feeds.ts'
import { IO } from './graph-io.ts'
import type { Answer, Sam3Graphs } from './graphs.ts'
import type { CutMask, MaskSize } from './mask-runs.ts'

/** Masks that one call of the kernels cuts: at 4K their bits are 1 MB each. */
const MASKS_AT_ONCE = 128
/** Logit above which a pixel belongs to the mask of a hint. */
const HINT_MASK_LOGIT = 0

export interface Sam3Engines {
  visionEncoder: Engine
  textEncoder: Engine
  promptDecoder: Engine
  /** Null where the pack has none. */
  trackerDecoder: Engine | null
}

export interface DeviceFeatures extends Disposable {
  tensors: Readonly<Record<string, DeviceTensor>>
}

/** Engines and kernels are taken over: they are disposed of with the graphs. */
export function createTrtGraphs({
  engines,
  kernels,
  part,
}: {
  engines: Sam3Engines
  kernels: FrameKernels
  part: Sam3Part
}): Sam3Graphs<DeviceFeatures> {
  const { visionEncoder, textEncoder, promptDecoder, trackerDecoder } = engines
  const kept = [...IO.features, ...(trackerDecoder ? IO.trackFeatures : [])]

  return {
    see: (image, signal) =>
      guarded(async () => {
        const { width, height, mean, std } = part.input
        // The kernels take a buffer over; the caller's stays his.
        const bytes = { data: image.data.slice() }
        const { tensor } = await kernels.fitOnDevice(
          { format: 'rgb', width: image.width, height: image.height, bytes },
          { width, height, mean: inBytes(mean), std: inBytes(std), type: part.dtype },
        )
        using pixels = tensor
        const seen = await visionEncoder.run(
          { [IO.pixels]: pixels },
          { outputs: [], keepOnDevice: kept, ...(signal && { signal }) },
        )
        return features(seen.onDevice)
      }),
    read: (tokens, signal) =>
      guarded(async () => {
        const feeds = toEngine(textEncoder, tokenFeeds(tokens, part))
        const { outputs } = await textEncoder.run(feeds, { ...(signal && { signal }) })
        const length = part.maxTokens * part.shape.channels
        const all = floatsOf(outputs[IO.textFeatures], IO.textFeatures)
        return tokens.map((_, row) => all.slice(row * length, (row + 1) * length))
      }),
    find: (seen, rows, signal) =>
      guarded(async () => {
        const feeds = { ...pick(seen, IO.features), ...toEngine(promptDecoder, promptFeeds(rows, part)) }
        const result = await promptDecoder.run(feeds, {
          outputs: [IO.promptScores, IO.promptBoxes],
          keepOnDevice: [IO.promptMasks],
          ...(signal && { signal }),
        })
        // What is wrong with the rest must not leave the masks on the GPU.
        using unsure = new DisposableStack()
        const masks = unsure.use(onDevice(result.onDevice, IO.promptMasks))
        const scores = floatsOf(result.outputs[IO.promptScores], IO.promptScores)
        const boxes = floatsOf(result.outputs[IO.promptBoxes], IO.promptBoxes)
        unsure.move()
        const { mask: threshold } = part.thresholds
        return { ...answer(kernels, masks, { scores, enlarge: 'probabilities', threshold }), boxes }
      }),
    point: (seen, rows, signal) =>
      guarded(async () => {
        if (!trackerDecoder) throw new FleetError('NOT_SUPPORTED_BY_PACK', 'this pack has no tracker decoder')
        const feeds = { ...pick(seen, IO.trackFeatures), ...toEngine(trackerDecoder, hintFeeds(rows, part)) }
        const result = await trackerDecoder.run(feeds, {
          outputs: [IO.hintScores],
          keepOnDevice: [IO.hintMasks],
          ...(signal && { signal }),
        })
        using unsure = new DisposableStack()
        const masks = unsure.use(onDevice(result.onDevice, IO.hintMasks))
        const scores = floatsOf(result.outputs[IO.hintScores], IO.hintScores)
        unsure.move()
        return answer(kernels, masks, { scores, enlarge: 'values', threshold: HINT_MASK_LOGIT })
      }),
    async [Symbol.asyncDispose]() {
      await using parts = new AsyncDisposableStack()
      parts.use(kernels)
      for (const engine of Object.values(engines) as (Engine | null)[]) if (engine) parts.use(engine)
    },
  }
}

function answer(
  kernels: FrameKernels,
  tensor: DeviceTensor,
  { scores, ...how }: { scores: Float32Array } & Required<Pick<MaskOptions, 'enlarge' | 'threshold'>>,
): Answer {
  return {
    scores,
    masks: (places, size) =>
      guarded(async () => {
        const cut: CutMask[] = []
        for (let at = 0; at < places.length; at += MASKS_AT_ONCE) {
          const rows = places.slice(at, at + MASKS_AT_ONCE)
          const { masks } = await kernels.masks({ tensor }, { ...size, ...how, rows })
          cut.push(...masks.map((mask) => toCutMask(mask, size)))
        }
        return cut
      }),
    [Symbol.dispose]: () => tensor[Symbol.dispose](),
  }
}

function toCutMask({ runs, counts }: MaskRuns, { width, height }: MaskSize): CutMask {
  return { mask: { size: [height, width], counts }, bbox: boxOfRuns(runs, { width, height }) }
}

/** Around all that lies inside, in 0..1; null when nothing does. Runs go down the columns, outside first. */
export function boxOfRuns(runs: Uint32Array, { width, height }: MaskSize): Bbox | null {
  let at = 0
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (const [n, run] of runs.entries()) {
    const end = at + run
    if (n % 2 === 1 && run > 0) {
      const [firstColumn, lastColumn] = [Math.floor(at / height), Math.floor((end - 1) / height)]
      left = Math.min(left, firstColumn)
      right = Math.max(right, lastColumn)
      // A run over the end of a column holds the lowest and the highest row.
      top = Math.min(top, firstColumn === lastColumn ? at % height : 0)
      bottom = Math.max(bottom, firstColumn === lastColumn ? (end - 1) % height : height - 1)
    }
    at = end
  }
  if (right < 0) return null
  return [left / width, top / height, (right + 1 - left) / width, (bottom + 1 - top) / height]
}

function features(tensors: Readonly<Record<string, DeviceTensor>>): DeviceFeatures {
  return {
    tensors,
    [Symbol.dispose]: () => Object.values(tensors).forEach((tensor) => tensor[Symbol.dispose]()),
  }
}

function pick({ tensors }: DeviceFeatures, names: readonly string[]): Record<string, EngineInput> {
  return Object.fromEntries(names.map((name) => [name, onDevice(tensors, name)]))
}

function onDevice(tensors: Readonly<Record<string, DeviceTensor>>, name: string): DeviceTensor {
  const tensor = tensors[name]
  if (tensor) return tensor
  throw new FleetError('ENGINE_INVALID', `an engine of SAM3 gives no ${name}`)
}

/** Numbers in the precision that the engine was built for. */
function toEngine({ inputs }: Engine, feeds: Record<string, Tensor>): Record<string, EngineInput> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => {
      const info = inputs.find((input) => input.name === name)
      if (!info) throw new FleetError('ENGINE_INVALID', `an engine of SAM3 takes no ${name}`)
      return [name, inTypeOf(info, tensor)]
    }),
  )
}

function inTypeOf({ type, name }: TensorInfo, tensor: Tensor): HostTensor {
  if (tensor.type === type) return tensor
  const { dims, data } = tensor
  if (type === 'float16' && data instanceof Float32Array) return { type, dims, data: Float16Array.from(data) }
  if (type === 'int32' && data instanceof BigInt64Array) {
    return { type, dims, data: Int32Array.from(data, (value) => Number(value)) }
  }
  throw new FleetError('ENGINE_INVALID', `an engine of SAM3 takes ${name} as ${type}`)
}

function floatsOf(tensor: HostTensor | undefined, name: string): Float32Array {
  if (tensor?.type === 'float32') return tensor.data
  if (tensor?.type === 'float16') return Float32Array.from(tensor.data)
  throw new FleetError('ENGINE_INVALID', `an engine of SAM3 gives no ${name} of floats`)
}

function inBytes([red, green, blue]: readonly [number, number, number]): [number, number, number] {
  return [red * 255, green * 255, blue * 255]
}

/** Errors of the addon have the product's codes, and become its errors. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw fromTrt(thrown)
  }
}

export function fromTrt(thrown: unknown): FleetError {
  if (!(thrown instanceof TrtError)) return toFleetError(thrown)
  const { code, message, hint } = thrown
  return new FleetError(code, message, { ...(hint !== '' && { hint }), cause: thrown })
}
