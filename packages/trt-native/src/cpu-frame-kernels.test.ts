import { afterAll, describe, expect, it } from 'vitest'
import { createCpuFrameKernels } from './cpu-frame-kernels.ts'
import { keepsTheBoxContract } from './testing/box-contract.ts'
import { keepsTheFitContract } from './testing/fit-contract.ts'
import { keepsTheMaskContract } from './testing/mask-contract.ts'

const kernels = await createCpuFrameKernels()
afterAll(() => kernels[Symbol.asyncDispose]())

describe('the kernels on the CPU', () => {
  keepsTheFitContract(kernels)
  keepsTheBoxContract(kernels)
  keepsTheMaskContract(kernels)

  it('cannot leave a tensor on a GPU, and have no page-locked memory', async () => {
    await expect(kernels.allocatePinned(64)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    const picture = { format: 'rgb', width: 1, height: 1, bytes: { data: new Uint8Array(3) } } as const
    const target = { width: 2, height: 2, mean: [0, 0, 0], std: [1, 1, 1], type: 'float16' } as const
    await expect(kernels.fitOnDevice(picture, target)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('take no more calls than they can hold, and leave what they refuse as it was', async () => {
    const size = { width: 200, height: 200 }
    const target = { ...size, mean: [0, 0, 0], std: [1, 1, 1], type: 'float16' } as const
    const frames = Array.from({ length: 65 }, () => new Uint8Array(200 * 200 * 3))
    const calls = frames.map((data) => kernels.fit({ format: 'rgb', ...size, bytes: { data } }, target))
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(64)
    expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'TOO_MANY_REQUESTS' } })
    expect(frames.map((data) => data.length > 0)).toEqual([...frames.slice(1).map(() => false), true])
  })

  it('work no more once they are disposed of, and finish what is under way', async () => {
    const own = await createCpuFrameKernels()
    const picture = () =>
      ({ format: 'rgb', width: 64, height: 64, bytes: { data: new Uint8Array(64 * 64 * 3) } }) as const
    const target = { width: 300, height: 300, mean: [0, 0, 0], std: [1, 1, 1], type: 'float16' } as const
    const underWay = Array.from({ length: 3 }, () => own.fit(picture(), target))
    await own[Symbol.asyncDispose]()
    for (const fitted of await Promise.all(underWay)) expect(fitted.tensor.dims).toEqual([1, 3, 300, 300])
    await expect(own.fit(picture(), target)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await own[Symbol.asyncDispose]()
  })
})
