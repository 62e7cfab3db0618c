// The guarantees of InferenceSession, run by every implementation on the same tiny model.
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InferenceSession, TensorMap } from '../inference-session.ts'

/** doubled = 2 * values + ids, next_ids = ids + 1, bytes = ids as uint8. */
export const TINY_MODEL = fileURLToPath(new URL('../fixtures/tiny.onnx', import.meta.url))

export function tinyFeeds(first = 1): TensorMap {
  return {
    values: { type: 'float32', dims: [2, 3], data: Float32Array.of(first, 2, 3, 4, 5, 6) },
    ids: { type: 'int64', dims: [3], data: BigInt64Array.of(10n, 20n, 30n) },
  }
}

export function describeSession(name: string, create: (path: string) => Promise<InferenceSession>): void {
  describe(`${name} as an inference session`, () => {
    let session: InferenceSession
    beforeAll(async () => {
      session = await create(TINY_MODEL)
    })
    afterAll(() => session[Symbol.asyncDispose]())

    it('names its inputs and outputs as the model does', () => {
      expect(session.inputNames).toEqual(['values', 'ids'])
      expect(session.outputNames).toEqual(['doubled', 'next_ids', 'bytes'])
    })

    it('computes outputs of each type with their shapes', async () => {
      expect(await session.run(tinyFeeds())).toEqual({
        doubled: { type: 'float32', dims: [2, 3], data: Float32Array.of(12, 24, 36, 18, 30, 42) },
        next_ids: { type: 'int64', dims: [3], data: BigInt64Array.of(11n, 21n, 31n) },
        bytes: { type: 'uint8', dims: [3], data: Uint8Array.of(10, 20, 30) },
      })
    })

    it('answers runs that are asked at once each with its own numbers', async () => {
      const answers = await Promise.all([0, 1, 2, 3].map((first) => session.run(tinyFeeds(first))))
      expect(answers.map((answer) => answer['doubled']?.data[0])).toEqual([10, 12, 14, 16])
    })

    it('refuses a missing input by name and a wrong shape, and goes on working', async () => {
      const { values, ids } = tinyFeeds()
      if (!values || !ids) throw new Error('the feeds have both inputs')
      await expect(session.run({ values })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('ids'),
      })
      const short: TensorMap = { values, ids: { type: 'int64', dims: [2], data: BigInt64Array.of(1n, 2n) } }
      await expect(session.run(short)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      expect((await session.run(tinyFeeds()))['next_ids']?.data[0]).toBe(11n)
    })

    it('does not begin a run that was cancelled before', async () => {
      await expect(session.run(tinyFeeds(), AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' })
    })

    it('says that a file is not a model', async () => {
      await expect(create(fileURLToPath(import.meta.url))).rejects.toMatchObject({ code: 'PACK_INVALID' })
    })
  })
}
