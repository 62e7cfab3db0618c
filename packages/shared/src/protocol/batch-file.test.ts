import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endOfBatchFile, frameBatch, readBatchFile } from './batch-file.ts'

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size)
}

async function read(bytes: Uint8Array, chunkBytes: number): Promise<number[][]> {
  const batches: number[][] = []
  for await (const batch of readBatchFile(inChunks(bytes, chunkBytes))) batches.push([...batch])
  return batches
}

function fileOf(batches: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array([...batches.map(frameBatch), endOfBatchFile()].flatMap((part) => [...part]))
}

describe('batches in a file', () => {
  const batch = fc.uint8Array({ minLength: 1, maxLength: 40 })
  const chunkBytes = fc.integer({ min: 1, max: 64 })

  test('come out as they went in, however the file is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { maxLength: 8 }), chunkBytes, async (batches, size) => {
        expect(await read(fileOf(batches), size)).toEqual(batches.map((each) => [...each]))
      }),
    )
  })

  test('a file that is cut short anywhere, between two batches too, is refused after the whole ones', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(batch, { maxLength: 4 }),
        fc.nat(),
        chunkBytes,
        async (batches, cut, size) => {
          const file = fileOf(batches)
          const at = cut % file.byteLength
          const whole: number[][] = []
          const reading = async () => {
            for await (const one of readBatchFile(inChunks(file.subarray(0, at), size))) whole.push([...one])
          }
          await expect(reading()).rejects.toThrow('cut short')
          const ends = batches.map((_, n) => fileOf(batches.slice(0, n + 1)).byteLength - 4)
          expect(whole).toEqual(
            batches.slice(0, ends.filter((end) => end <= at).length).map((one) => [...one]),
          )
        },
      ),
    )
  })

  test('what follows the end is refused, in the same chunk or another', async () => {
    for (const more of [[0], [0, 0, 0, 0], [255, 255, 255, 255]])
      for (const size of [4, 64])
        await expect(read(new Uint8Array([...fileOf([]), ...more]), size)).rejects.toThrow('after its end')
  })

  test('any other file is refused without being read whole', async () => {
    await expect(read(new TextEncoder().encode('{"detection_id":1}'), 4)).rejects.toThrow(
      'not a file of batches',
    )
  })
})
