// What the kernels take on this GPU and their twins on this CPU: frames of 4K into 1008 x 1008, boxes, masks.
// GB/s counts the bytes of the frame once and those of the tensor once, beside what the card's memory can do.
import { createCpuFrameKernels } from '../src/cpu-frame-kernels.ts'
import type { FitTarget, FrameKernels, MaskOptions, Picture } from '../src/frame-kernels.ts'
import { createGpuFrameKernels } from '../src/gpu-frame-kernels.ts'
import { loadAddon } from '../src/native-addon.ts'
import { centresCase, hills, pictureBytes, sidesCase, type EqualCase } from './equal-kernels.ts'
import { median, rounded, writeTable } from './cases.ts'

const WARM_UP = 10
const ROUNDS = 100
/** The CPU takes long, and varies little. */
const CPU_ROUNDS = 3
/** GB/s that the vendor states. */
const BANDWIDTH: readonly [RegExp, number][] = [
  [/H200/, 4800],
  [/H100.*(SXM|HBM3)|H100 80GB/, 3350],
  [/Orin/, 204.8],
]

type Row = Record<string, string | number>
const rows: Row[] = []
const gpu = await createGpuFrameKernels()
const cpu = await createCpuFrameKernels()
const [device] = (await loadAddon().probe({})).devices
const bandwidth = BANDWIDTH.find(([name]) => name.test(device?.name ?? ''))?.[1]

interface Timed {
  wallMs: number
  kernelMs: number
}

async function time(
  work: () => Promise<{ computeMs: number }>,
  rounds: number,
  warmUp: number,
): Promise<Timed> {
  const wall: number[] = []
  const kernel: number[] = []
  for (let round = -warmUp; round < rounds; round += 1) {
    const started = performance.now()
    const { computeMs } = await work()
    if (round < 0) continue
    wall.push(performance.now() - started)
    kernel.push(computeMs)
  }
  return { wallMs: median(wall), kernelMs: median(kernel) }
}

function add(what: string, onGpu: Timed, cpuMs: number, bytes?: number): void {
  const rate = bytes === undefined ? undefined : bytes / onGpu.kernelMs / 1e6
  rows.push({
    what,
    'kernels ms': rounded(onGpu.kernelMs, 4),
    'call ms': rounded(onGpu.wallMs, 4),
    'GB/s': rate === undefined ? '' : rounded(rate, 4),
    'of the card':
      rate === undefined || bandwidth === undefined ? '' : `${rounded((100 * rate) / bandwidth, 3)} %`,
    'CPU ms': rounded(cpuMs, 4),
  })
}

async function benchFit(format: Picture['format'], place: 'stretched' | 'letterboxed'): Promise<void> {
  const frame = { format, width: 3840, height: 2160 } as const
  const target: FitTarget = {
    width: 1008,
    height: 1008,
    mean: [127.5, 127.5, 127.5],
    std: [127.5, 127.5, 127.5],
    type: 'float16',
    ...(place === 'letterboxed' && { place: { x: 0, y: 220, width: 1008, height: 567 }, padValue: 114 }),
  }
  const data = pictureBytes(frame, 1)
  const pinned = await gpu.allocatePinned(data.byteLength)
  new Uint8Array(pinned.buffer).set(data)
  const bytes = data.byteLength + 3 * 1008 * 1008 * 2
  const { kernelMs: cpuMs } = await time(
    () => cpu.fit({ ...frame, bytes: { data: data.slice() } }, target),
    CPU_ROUNDS,
    1,
  )
  const stays = async (given: Picture['bytes']): Promise<{ computeMs: number }> => {
    const { tensor, computeMs } = await gpu.fitOnDevice({ ...frame, bytes: given }, target)
    tensor[Symbol.dispose]()
    return { computeMs }
  }
  const name = `${format} 3840x2160 -> 1008x1008 fp16, ${place}`
  const locked = await time(() => stays({ pinned, byteLength: data.byteLength }), ROUNDS, WARM_UP)
  add(`${name}, page-locked, stays on the GPU`, locked, cpuMs, bytes)
  // What is handed over is gone afterwards: each round has its own.
  const copies = Array.from({ length: ROUNDS + WARM_UP }, () => data.slice())
  const plain = await time(() => stays({ data: copies.pop() ?? new Uint8Array() }), ROUNDS, WARM_UP)
  add(`${name}, plain bytes, stays on the GPU`, plain, cpuMs, bytes)
}

async function benchBoxes({ name, run }: EqualCase): Promise<void> {
  const work = (kernels: FrameKernels) => async (): Promise<{ computeMs: number }> => {
    let computeMs = 0
    // The case makes its inputs anew; only the kernels' own time is of interest.
    const timed: FrameKernels = {
      ...kernels,
      boxes: async (head, options) => {
        const found = await kernels.boxes(head, options)
        computeMs = found.computeMs
        return found
      },
    }
    await run(timed)
    return { computeMs }
  }
  const onGpu = await time(work(gpu), ROUNDS, WARM_UP)
  const { kernelMs: cpuMs } = await time(work(cpu), CPU_ROUNDS, 1)
  add(`${name} (call with making the inputs)`, onGpu, cpuMs)
}

async function benchMasks(type: 'float16' | 'float32'): Promise<void> {
  const values = hills(32, 288, 288)
  const options: MaskOptions = { width: 3840, height: 2160 }
  const dims = [32, 288, 288]
  const work = (kernels: FrameKernels) => () =>
    type === 'float32'
      ? kernels.masks({ type, dims, data: values.slice() }, options)
      : kernels.masks({ type, dims, data: Float16Array.from(values) }, options)
  const onGpu = await time(work(gpu), ROUNDS / 5, 3)
  const { kernelMs: cpuMs } = await time(work(cpu), 1, 0)
  add(`32 masks 288x288 ${type} -> 3840x2160, run lengths and text`, onGpu, cpuMs)
}

process.stdout.write(`${gpu.name}${bandwidth === undefined ? '' : `, ${bandwidth} GB/s`}\n`)
for (const format of ['nv12', 'rgb'] as const)
  for (const place of ['stretched', 'letterboxed'] as const) await benchFit(format, place)
await benchBoxes(centresCase(200, 1))
await benchBoxes(centresCase(1000, 1))
await benchBoxes(sidesCase(1, 0.99, { width: 3840, height: 2160 }))
await benchBoxes(sidesCase(1, 0, { width: 3840, height: 2160 }))
await benchMasks('float32')
await benchMasks('float16')
writeTable('kernels-bench', rows)
await Promise.all([gpu, cpu].map((kernels) => kernels[Symbol.asyncDispose]()))
