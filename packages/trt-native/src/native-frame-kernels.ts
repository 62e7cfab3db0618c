// Work on pixels by the addon: what callers give in, native requests and their replies in the contract's terms out.
import { deviceTensors, ownedBytes, pinnedBuffers } from './engine-inputs.ts'
import {
  CANDIDATES_MAX,
  type BoxHead,
  type BoxOptions,
  type DecodedBox,
  type FitTarget,
  type FloatTensor,
  type FrameBytes,
  type FrameKernels,
  type MaskOptions,
  type MaskTensor,
  type Picture,
} from './frame-kernels.ts'
import type { NativeBoxRequest, NativeBytes, NativeFitRequest, NativeKernels } from './native-kernels.ts'
import { hostTensor } from './tensor.ts'
import { toDeviceTensor } from './trt-engine.ts'
import { toTrtError, TrtError } from './trt-error.ts'

/** Calls under way at once: one works, the others hold their frames, which are 12 MB each in 4K. */
const UNDER_WAY_MAX = 64
/** Numbers of one box in the addon's reply. */
const BOX_NUMBERS = 7

export function fromNativeKernels(native: NativeKernels, where: FrameKernels['where']): FrameKernels {
  const name = native.name()
  let closing: Promise<void> | undefined

  let underWay = 0

  /** The bound comes before anything is taken over, so that what was refused can be given again. */
  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    if (underWay >= UNDER_WAY_MAX) {
      throw new TrtError('TOO_MANY_REQUESTS', `${underWay} calls of these kernels are under way`, {
        hint: 'wait for some of them, or open kernels a second time',
      })
    }
    underWay += 1
    try {
      return await work()
    } catch (thrown) {
      throw toTrtError(thrown)
    } finally {
      underWay -= 1
    }
  }

  return {
    where,
    name,
    fit: (picture, target) =>
      guarded(async () => {
        const { data, computeMs } = await native.fit(fitRequest(picture, target, false))
        if (!data) throw new TrtError('INTERNAL', 'the addon gave no tensor')
        const dims = [1, 3, target.height, target.width]
        const { type } = target
        const tensor = hostTensor(type, dims, data)
        if (tensor.type !== 'float16' && tensor.type !== 'float32')
          throw new TrtError('INTERNAL', `${tensor.type}?`)
        return { tensor, computeMs }
      }),
    fitOnDevice: (picture, target) =>
      guarded(async () => {
        const { tensor, computeMs } = await native.fit(fitRequest(picture, target, true))
        if (!tensor) throw new TrtError('INTERNAL', 'the addon gave no tensor')
        return { tensor: toDeviceTensor(tensor), computeMs }
      }),
    boxes: (head, options) =>
      guarded(async () => {
        const { boxes, computeMs } = await native.boxes(boxRequest(head, options))
        return { boxes: toBoxes(new Float64Array(boxes)), computeMs }
      }),
    masks: (masks, options) =>
      guarded(async () => {
        if (options.rows?.length === 0) return { masks: [], computeMs: 0 }
        const reply = await native.masks(maskRequest(masks, options))
        const found = reply.masks.map(({ runs, ...rest }) => ({ runs: new Uint32Array(runs), ...rest }))
        return { masks: found, computeMs: reply.computeMs }
      }),
    allocatePinned: (bytes) =>
      guarded(async () => {
        const pinned = await native.allocatePinned({ bytes })
        const handle = { buffer: pinned.buffer() }
        pinnedBuffers.set(handle, pinned)
        return handle
      }),
    [Symbol.asyncDispose]() {
      closing ??= native.dispose()
      return closing
    },
  }
}

function fitRequest(
  { bytes, ...picture }: Picture,
  target: FitTarget,
  keepOnDevice: boolean,
): NativeFitRequest {
  return { ...target, picture: { ...picture, ...toNativeBytes(bytes) }, keepOnDevice }
}

function toNativeBytes(bytes: FrameBytes): NativeBytes {
  if ('data' in bytes) {
    if (!(bytes.data instanceof Uint8Array)) throw invalid('the bytes must be a Uint8Array')
    return { data: ownedBytes(bytes) }
  }
  if ('tensor' in bytes) return onDevice(bytes)
  const native = pinnedBuffers.get(bytes.pinned)
  if (!native) throw invalid('the page-locked buffer comes from elsewhere')
  return { pinned: native, byteLength: bytes.byteLength }
}

function onDevice({ tensor }: Extract<FrameBytes, { tensor: unknown }>): NativeBytes {
  const native = deviceTensors.get(tensor)
  if (!native) throw invalid('there is a tensor that is not on the GPU')
  return { tensor: native }
}

function tensorBytes(given: FloatTensor | MaskTensor): NativeBytes {
  return 'tensor' in given ? onDevice(given) : { data: ownedBytes(given) }
}

function boxRequest(head: BoxHead, options: BoxOptions): NativeBoxRequest {
  const { classes, letterbox, picture } = options
  const isSides = head.kind === 'sides'
  const given = isSides ? head.levels : [{ ...head, stride: 1, columns: 1 }]
  // Both sizes are read before the first buffer is taken over.
  const sized = given.map((level) => ({ level, cells: lengthOf(level.scores) / classes }))
  if (sized.some(({ cells }) => !Number.isInteger(cells))) {
    throw invalid(`the scores are not of ${classes} classes`)
  }
  return {
    ...letterbox,
    head: head.kind,
    scores: options.scores ?? 'probabilities',
    classes,
    bins: isSides ? head.bins : 1,
    unitX: isSides ? 1 : head.unit.x,
    unitY: isSides ? 1 : head.unit.y,
    pictureWidth: picture.width,
    pictureHeight: picture.height,
    minConfidence: options.minConfidence,
    maxOverlap: options.maxOverlap,
    acrossClasses: options.acrossClasses ?? false,
    candidatesMax: options.candidatesMax ?? CANDIDATES_MAX,
    keptMax: options.keptMax ?? CANDIDATES_MAX,
    levels: sized.map(({ level: { stride, columns, scores, boxes }, cells }) => ({
      cells,
      stride,
      columns,
      scores: tensorBytes(scores),
      boxes: tensorBytes(boxes),
    })),
  }
}

function lengthOf(given: FloatTensor): number {
  return 'tensor' in given ? product(given.tensor.dims) : given.data.length
}

function product(dims: readonly number[]): number {
  return dims.reduce((total, dim) => total * dim, 1)
}

function maskRequest(given: MaskTensor, options: MaskOptions): Parameters<NativeKernels['masks']>[0] {
  const { type, dims } = 'tensor' in given ? given.tensor : given
  const [width = 0, height = 0, ...rest] = dims.toReversed()
  const { input } = options
  return {
    type,
    count: product(rest),
    width,
    height,
    inputWidth: input?.width ?? width,
    inputHeight: input?.height ?? height,
    ...(input && { place: input.place }),
    outWidth: options.width,
    outHeight: options.height,
    enlarge: options.enlarge ?? 'values',
    threshold: options.threshold ?? 0,
    ...(options.rows && { rows: options.rows }),
    masks: tensorBytes(given),
  }
}

function toBoxes(numbers: Float64Array): DecodedBox[] {
  return Array.from({ length: numbers.length / BOX_NUMBERS }, (_, box) => {
    const [label, confidence, x, y, width, height, cell] = numbers.subarray(box * BOX_NUMBERS) as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    return { labelIndex: label, confidence, bbox: [x, y, width, height], cell }
  })
}

function invalid(message: string): TrtError {
  return new TrtError('INVALID_INPUT', message)
}
