import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frameBatch, readBatchFile } from './batch-file.ts'

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size)
}

async function read(bytes: Uint8Array, chunkBytes: number): Promise<number[][]> {
  const batches: number[][] = []
  for await (const batch of readBatchFile(inChunks(bytes, chunkBytes))) batches.push([...batch])
  return batches
}

describe('batches in a file', () => {
  test('come out as they went in, however the file is cut into chunks', async () => {
    const batch = fc.uint8Array({ minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(batch, { maxLength: 8 }),
        fc.integer({ min: 1, max: 64 }),
        async (batches, size) => {
          const file = new Uint8Array(batches.flatMap((each) => [...frameBatch(each)]))
          expect(await read(file, size)).toEqual(batches.map((each) => [...each]))
        },
      ),
    )
  })

  test('a file that is cut short is refused after the batches that are whole', async () => {
    const file = new Uint8Array([
      ...frameBatch(new Uint8Array([1, 2])),
      ...frameBatch(new Uint8Array([3, 4])),
    ])
    const batches = readBatchFile(inChunks(file.subarray(0, 10), 3))
    expect((await batches.next()).value).toEqual(new Uint8Array([1, 2]))
    await expect(batches.next()).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  test('any other file is refused without being read whole', async () => {
    for (const text of ['{"detection_id":1}', '\0\0\0\0'])
      await expect(read(new TextEncoder().encode(text), 4)).rejects.toThrow('not a file of batches')
  })
})
