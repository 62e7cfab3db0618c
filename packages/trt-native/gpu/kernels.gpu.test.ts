// The kernels on a real GPU beside their twins on the CPU: equal to the last bit, from every place a frame can lie in, by
// machine code of set-up and by NVRTC, and with all memory given back.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createCpuFrameKernels } from '../src/cpu-frame-kernels.ts'
import type { FrameKernels, Picture } from '../src/frame-kernels.ts'
import { createGpuFrameKernels } from '../src/gpu-frame-kernels.ts'
import { loadAddon } from '../src/native-addon.ts'
import {
  centresCase,
  fitCase,
  masksCase,
  pictureBytes,
  sidesCase,
  type EqualCase,
  type FitCase,
} from './equal-kernels.ts'
import { noise } from './noise.ts'
import { TrtError } from '../src/trt-error.ts'

const gpu = await createGpuFrameKernels()
const cpu = await createCpuFrameKernels()
after(() => Promise.all([gpu, cpu].map((kernels) => kernels[Symbol.asyncDispose]())))
process.stdout.write(`${gpu.name}\n`)

const SEED = 20
const RANDOM_FITS = 200
const stretched = { mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] } as const
const letterboxed = {
  ...stretched,
  width: 1008,
  height: 1008,
  place: { x: 0, y: 220, width: 1008, height: 567 },
  padValue: 114,
} as const

function fitCases(): EqualCase[] {
  const cases: FitCase[] = []
  for (const format of ['nv12', 'rgb', 'rgba'] as const)
    for (const type of ['float16', 'float32'] as const) {
      const large = { format, width: 3840, height: 2160 }
      cases.push(
        { picture: large, target: { ...stretched, width: 1008, height: 1008, type } },
        { picture: large, target: { ...letterboxed, type, order: 'bgr' } },
        {
          picture: { ...large, region: { x: 1001, y: 77, width: 333, height: 901 } },
          target: { ...letterboxed, type },
        },
        { picture: { format, width: 1, height: 1 }, target: { ...stretched, width: 33, height: 9, type } },
        {
          picture: { format, width: 16_384, height: 3 },
          target: { ...stretched, width: 5, height: 700, type },
        },
      )
    }
  for (const matrix of ['bt601', 'bt709', 'bt2020'] as const)
    for (const range of ['limited', 'full'] as const)
      for (const chromaSite of ['left', 'centre'] as const) {
        const picture = { format: 'nv12', width: 641, height: 359, matrix, range, chromaSite } as const
        cases.push({ picture, target: { ...stretched, width: 320, height: 320, type: 'float16' } })
      }
  const sizes = noise(RANDOM_FITS * 4, SEED)
  for (let at = 0; at < sizes.length; at += 4) {
    const [width = 0, height = 0, outWidth = 0, outHeight = 0] = sizes.subarray(at, at + 4)
    const format = (['nv12', 'rgb', 'rgba'] as const)[at % 3] ?? 'rgb'
    const target = { ...stretched, width: outWidth + 1, height: outHeight + 1, type: 'float16' } as const
    cases.push({ picture: { format, width: width + 1, height: height + 1 }, target })
  }
  return cases.map((each, at) => fitCase(each, SEED + at))
}

const picture = { width: 3840, height: 2160 }
const others: EqualCase[] = [
  ...[0.999, 0.99, 0.9, 0.5, 0].map((sure, at) => sidesCase(SEED + at, sure, picture)),
  ...[1, 63, 64, 65, 200, 1000, 1024, 1025, 30_000].map((rows) => centresCase(rows, SEED + rows)),
]
for (const type of ['float16', 'float32'] as const)
  for (const [width, height] of [
    [3840, 2160],
    [1920, 1080],
    [37, 1],
    [1, 65],
    [129, 31],
  ] as const) {
    const options = { width, height, input: { width: 1008, height: 1008, place: letterboxed.place } }
    others.push(masksCase({ count: 5, width: 288, height: 288, type, options }, 'smooth'))
  }
others.push(
  masksCase(
    { count: 300, width: 288, height: 288, type: 'float32', options: { width: 640, height: 360 } },
    'smooth',
  ),
  masksCase(
    { count: 2, width: 1000, height: 900, type: 'float32', options: { width: 1000, height: 900 } },
    'noise',
  ),
)

async function agrees(kernels: FrameKernels, cases: readonly EqualCase[]): Promise<void> {
  for (const { name, run } of cases) assert.deepEqual(await run(kernels), await run(cpu), name)
}

void test('pictures of every format and size are fitted as on the CPU, to the last bit', () =>
  agrees(gpu, fitCases()))
void test('boxes and masks are those of the CPU, to the last bit', () => agrees(gpu, others))

void test('kernels compiled by NVRTC give the same', async (context) => {
  const compiled = await createGpuFrameKernels({ binaryPath: 'there-is-none.fatbin' }).catch(
    (thrown: unknown) => thrown,
  )
  if (compiled instanceof TrtError && /NVRTC is missing/.test(compiled.message)) {
    context.skip('this host has no NVRTC')
    return
  }
  if (compiled instanceof Error) throw compiled
  await using kernels = compiled as FrameKernels
  assert.match(kernels.name, /NVRTC/)
  await agrees(kernels, fitCases().slice(0, 20))
  await agrees(kernels, others)
})

void test('page-locked frames and tensors on the GPU give what plain bytes give', async () => {
  const frame: Omit<Picture, 'bytes'> = { format: 'nv12', ...picture }
  const data = pictureBytes(frame, SEED)
  const pinned = await gpu.allocatePinned(data.byteLength)
  new Uint8Array(pinned.buffer).set(data)
  const target = { ...letterboxed, type: 'float32' } as const
  const { tensor } = await gpu.fitOnDevice(
    { ...frame, bytes: { pinned, byteLength: data.byteLength } },
    target,
  )
  const expected = (await cpu.fit({ ...frame, bytes: { data } }, target)).tensor
  const size = { width: 700, height: 500, threshold: 0.1 }
  const found = await gpu.masks({ tensor }, size)
  assert.equal(expected.type, 'float32')
  assert.deepEqual(found.masks, (await cpu.masks(expected, size)).masks)
  tensor[Symbol.dispose]()
})

void test('many calls at once are right, and leave nothing behind', async () => {
  const before = loadAddon().liveCounts()
  {
    await using kernels = await createGpuFrameKernels()
    const cases = [...fitCases().slice(-40), centresCase(200, 1), sidesCase(2, 0.99, picture)]
    const expected = await Promise.all(cases.map(({ run }) => run(cpu)))
    const found = await Promise.all(cases.map(({ run }) => run(kernels)))
    assert.deepEqual(found, expected)
  }
  const { pinnedBytes, tensors, threads } = loadAddon().liveCounts()
  // Less is left when a frame of another test is collected meanwhile.
  assert.ok(pinnedBytes <= before.pinnedBytes, `${pinnedBytes} of ${before.pinnedBytes} bytes`)
  assert.ok(tensors <= before.tensors)
  assert.ok(threads <= before.threads)
})
