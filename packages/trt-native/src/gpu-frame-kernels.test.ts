import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createCpuFrameKernels } from './cpu-frame-kernels.ts'
import { createGpuFrameKernels, openFrameKernels } from './gpu-frame-kernels.ts'
import { loadAddon } from './native-addon.ts'
import { keepsTheBoxContract } from './testing/box-contract.ts'
import { centresCase, fitCase, masksCase, sidesCase } from '../gpu/equal-kernels.ts'
import { keepsTheFitContract } from './testing/fit-contract.ts'
import { keepsTheMaskContract } from './testing/mask-contract.ts'
import { noise } from '../gpu/noise.ts'
import { openSimulated, simulatedFolder, SIMULATOR } from './testing/simulated-gpu.ts'

const folder = simulatedFolder()
/** What the simulated driver takes for machine code. */
const binaryPath = join(folder.path, 'kernels.fatbin')
writeFileSync(binaryPath, 'simulated kernels')
const options = { libraryDir: SIMULATOR, binaryPath }
const gpu = await createGpuFrameKernels(options)
const cpu = await createCpuFrameKernels()
afterAll(async () => {
  await Promise.all([gpu, cpu].map((kernels) => kernels[Symbol.asyncDispose]()))
  folder[Symbol.dispose]()
})

const plain = { mean: [0, 0, 0], std: [1, 1, 1] } as const

describe('the kernels on a simulated GPU', () => {
  keepsTheFitContract(gpu, 100)
  keepsTheBoxContract(gpu, 20)
  keepsTheMaskContract(gpu, 40)

  const place = { x: 5, y: 0, width: 70, height: 61 }
  const cases = [
    fitCase(
      {
        picture: { format: 'nv12', width: 131, height: 77 },
        target: { ...plain, width: 80, height: 61, place, type: 'float16', order: 'bgr' },
      },
      1,
    ),
    fitCase(
      {
        picture: { format: 'rgba', width: 33, height: 9, region: { x: 3, y: 1, width: 21, height: 8 } },
        target: { ...plain, width: 100, height: 3, type: 'float32' },
      },
      2,
    ),
    sidesCase(3, 0.999, { width: 1920, height: 1080 }),
    sidesCase(4, 0.5, { width: 300, height: 900 }),
    centresCase(200, 5),
    centresCase(2000, 6),
    masksCase(
      { count: 3, width: 36, height: 36, type: 'float32', options: { width: 300, height: 170 } },
      'smooth',
    ),
    masksCase(
      { count: 2, width: 300, height: 5, type: 'float16', options: { width: 400, height: 65 } },
      'noise',
    ),
  ]
  it.each(cases)('give for $name what the CPU gives, to the last bit', async ({ run }) => {
    expect(await run(gpu)).toEqual(await run(cpu))
  })

  it('work in rounds when there are more bits of masks than fit', async () => {
    const many = masksCase(
      { count: 130, width: 4, height: 3, type: 'float32', options: { width: 2000, height: 2000 } },
      'smooth',
    )
    expect(await many.run(gpu)).toEqual(await many.run(cpu))
  })

  it('read page-locked frames and leave tensors on the GPU, for an engine and for themselves', async () => {
    await using engine = await openSimulated(folder, [
      'input x float32 1 3 8 8',
      'output y float32 1 3 8 8',
      'scale 2',
    ])
    const data = noise(16 * 16 * 3, 7)
    const pinned = await gpu.allocatePinned(data.byteLength)
    new Uint8Array(pinned.buffer).set(data)
    const picture = { format: 'rgb', width: 16, height: 16 } as const
    const target = { ...plain, width: 8, height: 8, type: 'float32' } as const
    const bytes = { pinned, byteLength: data.byteLength }
    const { tensor } = await gpu.fitOnDevice({ ...picture, bytes }, target)
    expect(tensor).toMatchObject({ type: 'float32', dims: [1, 3, 8, 8], bytes: 768 })
    const fitted = await cpu.fit({ ...picture, bytes: { data } }, target)
    const { outputs, onDevice } = await engine.run({ x: tensor }, { outputs: ['y'] })
    expect(onDevice).toEqual({})
    expect(outputs['y']?.data).toEqual(Float32Array.from(fitted.tensor.data, (value) => 2 * value))

    // The same tensor as three masks of 8 x 8.
    const size = { width: 20, height: 30, threshold: 128 }
    const found = await gpu.masks({ tensor }, size)
    const masks = Float32Array.from(fitted.tensor.data)
    const expected = await cpu.masks({ type: 'float32', dims: [3, 8, 8], data: masks }, size)
    expect(found.masks).toEqual(expected.masks)
    tensor[Symbol.dispose]()
    await expect(gpu.masks({ tensor }, size)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(cpu.masks({ tensor }, size)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('say that memory is short, and go on with what fits', async () => {
    const target = { ...plain, width: 16_384, height: 16_384, type: 'float32' } as const
    const picture = { format: 'rgb', width: 1, height: 1, bytes: { data: new Uint8Array(3) } } as const
    await expect(gpu.fitOnDevice(picture, target)).rejects.toMatchObject({ code: 'GPU_MEMORY_SHORT' })
    const small = centresCase(10, 9)
    expect(await small.run(gpu)).toEqual(await small.run(cpu))
  })

  it('free all they have taken once they are disposed of', async () => {
    const before = loadAddon().liveCounts()
    const own = await createGpuFrameKernels(options)
    await centresCase(100, 1).run(own)
    expect(loadAddon().liveCounts().pinnedBytes).toBeGreaterThan(before.pinnedBytes)
    await own[Symbol.asyncDispose]()
    expect(loadAddon().liveCounts()).toMatchObject({
      pinnedBytes: before.pinnedBytes,
      tensors: before.tensors,
    })
    await expect.poll(() => loadAddon().liveCounts().threads).toBe(before.threads)
  })
})

describe('without kernels that fit the GPU', () => {
  it('the CPU does the work, and says why', async () => {
    const other = join(folder.path, 'other.fatbin')
    writeFileSync(other, 'machine code of another GPU')
    mkdirSync(join(folder.path, 'empty'))
    for (const [path, said] of [
      [other, 'loading the kernels'],
      [join(folder.path, 'missing.fatbin'), 'cannot be read'],
    ] as const) {
      const { kernels, reason } = await openFrameKernels({ ...options, binaryPath: path })
      await using opened = kernels
      expect(opened.where).toBe('cpu')
      expect(reason?.code).toBe('UNAVAILABLE')
      expect(reason?.message).toContain(said)
      expect(reason?.hint).toContain('NVRTC')
    }
  })

  it('and the GPU where they do', async () => {
    const { kernels, reason } = await openFrameKernels(options)
    await using opened = kernels
    expect([opened.where, opened.name, reason]).toEqual([
      'gpu',
      'simulated GPU, kernels compiled at set-up',
      undefined,
    ])
  })
})
