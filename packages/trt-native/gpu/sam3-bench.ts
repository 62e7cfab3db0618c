// SAM3 of the real architecture from Node: a 4K frame in host memory to boxes, scores and masks in JavaScript, with cached
// words; frames in a stream; frames that reuse a key frame's features. Beside what one engine takes in Python.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildEngine } from '../src/build-engine.ts'
import type { DeviceTensor, Engine, EngineInput } from '../src/engine.ts'
import type { FitTarget, FrameBytes, FrameKernels } from '../src/frame-kernels.ts'
import { createGpuFrameKernels } from '../src/gpu-frame-kernels.ts'
import type { HostTensor } from '../src/tensor.ts'
import { openTrtEngine } from '../src/trt-engine.ts'
import { median, rounded, writeTable } from './cases.ts'

const [models = '', out = ''] = process.argv.slice(2)
const WARM_UP = 8
const ROUNDS = 50
const STREAM_FRAMES = 150
/** Frames of a stream under way at once: one copied, one computed, one read. */
const STREAM_DEPTH = 4
/** Objects whose masks come back. */
const KEPT = 8
const SIDE = 1008
const TARGET: FitTarget = {
  width: SIDE,
  height: SIDE,
  mean: [127.5, 127.5, 127.5],
  std: [127.5, 127.5, 127.5],
  type: 'float16',
}
const FEATURES = ['fpn_0', 'fpn_1', 'fpn_2'] as const

interface Frame {
  readonly width: number
  readonly height: number
  readonly bytes: FrameBytes
}
interface Found {
  readonly boxes: Float32Array
  readonly scores: Float32Array
  readonly masks: readonly string[]
  readonly gpuMs: { vision: number; decoder: number; masks: number }
}
interface Sam3 {
  readonly kernels: FrameKernels
  readonly vision: Engine
  readonly decoder: Engine
  readonly words: Record<string, HostTensor>
}
type Features = Readonly<Record<string, DeviceTensor>>

async function open(vision: string): Promise<Engine> {
  const planPath = join(models, vision)
  try {
    readFileSync(planPath, { flag: 'r' }).subarray(0, 1)
  } catch {
    const onnxPath = planPath.replace(/\.node\.plan$/, '.onnx')
    const profile = vision.includes('decoder')
      ? {
          text_features: { min: [1, 32, 256], opt: [1, 32, 256], max: [1, 32, 256] },
          text_mask: { min: [1, 32], opt: [1, 32], max: [1, 32] },
        }
      : {}
    const { plan } = await buildEngine({ onnxPath, precision: 'as-exported', profile })
    writeFileSync(planPath, plan)
  }
  return openTrtEngine({ planPath, contexts: 2, spin: true })
}

async function see(sam3: Sam3, frame: Frame): Promise<{ features: Features; ms: number }> {
  const { tensor } = await sam3.kernels.fitOnDevice({ format: 'nv12', ...frame }, TARGET)
  using pixels = tensor
  const { onDevice, computeMs } = await sam3.vision.run(
    { pixel_values: pixels },
    { keepOnDevice: [...FEATURES] },
  )
  return { features: onDevice, ms: computeMs }
}

function copyOfWords(words: Record<string, HostTensor>): Record<string, EngineInput> {
  return Object.fromEntries(
    Object.entries(words).map(([name, tensor]) => [
      name,
      { ...tensor, data: tensor.data.slice() } as HostTensor,
    ]),
  )
}

async function detect(sam3: Sam3, features: Features, frame: Frame, visionMs: number): Promise<Found> {
  const { outputs, onDevice, computeMs } = await sam3.decoder.run(
    { ...features, ...copyOfWords(sam3.words) },
    { outputs: ['pred_boxes', 'pred_scores'], keepOnDevice: ['pred_masks'] },
  )
  using masks = onDevice['pred_masks']
  const scores = outputs['pred_scores']?.data as Float32Array
  const boxes = outputs['pred_boxes']?.data as Float32Array
  if (!masks) throw new Error('the decoder gave no masks')
  const rows = [...scores.keys()].toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0)).slice(0, KEPT)
  const cut = await sam3.kernels.masks({ tensor: masks }, { width: frame.width, height: frame.height, rows })
  return {
    boxes,
    scores,
    masks: cut.masks.map((mask) => mask.counts),
    gpuMs: { vision: visionMs, decoder: computeMs, masks: cut.computeMs },
  }
}

function free(features: Features): void {
  for (const tensor of Object.values(features)) tensor[Symbol.dispose]()
}

async function whole(sam3: Sam3, frame: Frame): Promise<Found> {
  const { features, ms } = await see(sam3, frame)
  try {
    return await detect(sam3, features, frame, ms)
  } finally {
    free(features)
  }
}

async function frameOf(kernels: FrameKernels, width: number, height: number): Promise<Frame> {
  const byteLength = (width * height * 3) / 2
  const pinned = await kernels.allocatePinned(byteLength)
  const bytes = new Uint8Array(pinned.buffer)
  for (let i = 0; i < byteLength; i += 1)
    bytes[i] = 128 + 60 * Math.sin(i / 517) + 40 * Math.sin(i / (width * 31))
  return { width, height, bytes: { pinned, byteLength } }
}

async function timed(work: () => Promise<unknown>, rounds = ROUNDS): Promise<number> {
  const times: number[] = []
  for (let round = -WARM_UP; round < rounds; round += 1) {
    const started = performance.now()
    await work()
    if (round >= 0) times.push(performance.now() - started)
  }
  return median(times)
}

/** Frames a second with STREAM_DEPTH under way. */
async function streamed(work: () => Promise<unknown>): Promise<number> {
  let left = STREAM_FRAMES
  const started = performance.now()
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await work()
    }
  }
  await Promise.all(Array.from({ length: STREAM_DEPTH }, worker))
  return (STREAM_FRAMES * 1000) / (performance.now() - started)
}

const rows: Record<string, string | number>[] = []
const summary: Record<string, number> = {}
const kernels = await createGpuFrameKernels()
const decoder = await open('hills/prompt-decoder.node.plan')
const wordsRaw = JSON.parse(readFileSync(join(models, 'words.json'), 'utf8')) as { text_features: number[] }
const words: Record<string, HostTensor> = {
  text_features: { type: 'float16', dims: [1, 32, 256], data: Float16Array.from(wordsRaw.text_features) },
  text_mask: { type: 'int64', dims: [1, 32], data: new BigInt64Array(32).fill(1n) },
}
for (const kind of ['fused', 'bytes'] as const) {
  const vision = await open(`${kind}/vision-encoder.node.plan`)
  const sam3: Sam3 = { kernels, vision, decoder, words }
  const big = await frameOf(kernels, 3840, 2160)
  const middle = await frameOf(kernels, 1920, 1080)
  const found: Found[] = []
  const wholeMs = await timed(async () => found.push(await whole(sam3, big)))
  const wholeMiddleMs = await timed(() => whole(sam3, middle))
  const fps = await streamed(() => whole(sam3, middle))
  const { features } = await see(sam3, middle)
  const later = await timed(() => detect(sam3, features, middle, 0))
  free(features)
  const pinned = await vision.allocatePinned(3 * SIDE * SIDE * 2)
  const visionComputeMs: number[] = []
  const visionMs = await timed(async () => {
    const { onDevice, computeMs } = await vision.run(
      { pixel_values: { type: 'float16', dims: [1, 3, SIDE, SIDE], pinned } },
      { keepOnDevice: [...FEATURES] },
    )
    visionComputeMs.push(computeMs)
    free(onDevice)
  })
  const mid = (pick: (gpu: Found['gpuMs']) => number): number =>
    median(found.slice(WARM_UP).map(({ gpuMs }) => pick(gpuMs)))
  rows.push({
    layers: kind === 'fused' ? 'fp16' : 'int8',
    'vision GPU ms': rounded(median(visionComputeMs), 4),
    'vision call ms': rounded(visionMs, 4),
    'decoder GPU ms': rounded(
      mid((gpu) => gpu.decoder),
      4,
    ),
    'masks GPU ms': rounded(
      mid((gpu) => gpu.masks),
      4,
    ),
    'whole 4K ms': rounded(wholeMs, 4),
    'whole 1080p ms': rounded(wholeMiddleMs, 4),
    'stream 1080p fps': rounded(fps, 4),
    'stream x latency': rounded((fps * wholeMiddleMs) / 1000, 3),
    'decoder alone (key frame reused) ms': rounded(later, 4),
    'of a key frame': rounded(later / wholeMiddleMs, 3),
  })
  for (const [name, value] of Object.entries(rows.at(-1) ?? {}))
    if (typeof value === 'number') summary[`${kind} ${name}`] = value
  await vision[Symbol.asyncDispose]()
}
writeTable('sam3-node', rows)
if (out) writeFileSync(join(out, 'sam3-node.json'), `${JSON.stringify(summary, null, 1)}\n`)
await decoder[Symbol.asyncDispose]()
await kernels[Symbol.asyncDispose]()
