import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { fromF16Bytes } from '@sam3-fleet/shared/vector/vector'
import { makeVersion, TEST_SPACE } from '../store/testing/test-store.ts'
import { openIndexKeeper, type IndexKeeper, type StoredVector } from './index-keeper.ts'

const log = pino({ level: 'silent' })
const vectorsOf = (from: number, to: number): StoredVector[] =>
  Array.from({ length: to - from }, (_, n) => makeVersion({}, `look ${from + n}`)).map(
    ({ sighting, vectorF16 }) => ({ hash: sighting.vectorHash, f16: vectorF16 }),
  )

/** As a database would: in the order of hashes, page by page. */
function pagesOf(vectors: StoredVector[]): (afterHash: string, limit: number) => StoredVector[] {
  const sorted = vectors.toSorted((a, b) => (a.hash < b.hash ? -1 : 1))
  return (afterHash, limit) => sorted.filter(({ hash }) => hash > afterHash).slice(0, limit)
}

function open(path: string, vectors: StoredVector[], wantsGpu = false): Promise<IndexKeeper> {
  return openIndexKeeper({ path, space: TEST_SPACE, vectors: pagesOf(vectors), wantsGpu, log })
}

async function nearest(keeper: IndexKeeper, { f16 }: StoredVector): Promise<string | undefined> {
  return (await keeper.index.search(fromF16Bytes(f16), 1))[0]?.hash
}

describe('index keeper', () => {
  test('holds exactly what the database holds, whatever the saved file says', async () => {
    await using dir = await createTempDir('keeper')
    const path = join(dir.path, 'a.index')
    const vectors = vectorsOf(0, 40)
    {
      await using first = await open(path, vectors.slice(0, 30))
      expect(first.index.size).toBe(30)
    }
    // Ten have gone from the database since, ten have come.
    await using second = await open(path, vectors.slice(10))
    expect(second.index.size).toBe(30)
    for (const vector of vectors.slice(10)) expect(await nearest(second, vector)).toBe(vector.hash)
    expect(await nearest(second, vectors[0] as StoredVector)).not.toBe(vectors[0]?.hash)
  })

  test('builds a file that is torn again from the database', async () => {
    await using dir = await createTempDir('keeper')
    const path = join(dir.path, 'a.index')
    const vectors = vectorsOf(0, 20)
    {
      await using first = await open(path, vectors)
      expect(first.index.size).toBe(20)
    }
    await truncate(path, 64)
    await using again = await open(path, vectors)
    expect(again.index.size).toBe(20)
    expect(await nearest(again, vectors[7] as StoredVector)).toBe(vectors[7]?.hash)
  })

  test('follows commits: what is settled can be found', async () => {
    await using dir = await createTempDir('keeper')
    await using keeper = await open(join(dir.path, 'a.index'), [])
    const vectors = vectorsOf(0, 12)
    for (const vector of vectors) keeper.onCommitted([vector])
    await keeper.settled()
    expect(keeper.index.size).toBe(12)
    expect(await nearest(keeper, vectors[11] as StoredVector)).toBe(vectors[11]?.hash)
  })

  test('says why it is not the wished kind', async () => {
    await using dir = await createTempDir('keeper')
    await using wished = await open(join(dir.path, 'a.index'), [], true)
    expect([wished.index.kind, wished.reason]).toEqual(['faiss-flat-ip', expect.stringContaining('GPU')])
    await using plain = await open(join(dir.path, 'b.index'), [])
    expect(plain.reason).toBeNull()
  })
})
