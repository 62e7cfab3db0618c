import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { normalise } from '@sam3-fleet/shared/vector/vector'
import { openFaissIndex } from './faiss-index.ts'
import { createFlatIndex } from './flat-index.ts'
import type { VectorIndex } from './vector-index.ts'

const DIMENSION = 8
let dir = ''
let files = 0
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'index-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const unit = fc
  .array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: DIMENSION, maxLength: DIMENSION })
  .filter((values) => values.some((value) => Math.abs(value) > 0.01))
  .map((values) => normalise(values, DIMENSION))
const item = (n: number, vector: Float32Array) => ({ hash: `vector-${n}`, vector })

function registerVectorIndexTests(open: () => Promise<VectorIndex>): void {
  test('finds the same as the exact oracle after any adds and removals', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(unit, { maxLength: 40 }),
        fc.array(fc.nat({ max: 45 })),
        unit,
        fc.integer({ min: 1, max: 50 }),
        async (vectors, removed, query, k) => {
          await using index = await open()
          await using oracle = createFlatIndex()
          for (const each of [index, oracle]) {
            await each.add(vectors.map((vector, n) => item(n, vector)))
            await each.remove(removed.map((n) => `vector-${n}`))
          }
          const found = await index.search(query, k)
          const expected = await oracle.search(query, k)
          expect(index.size).toBe(oracle.size)
          expect(found.length).toBe(expected.length)
          found.forEach(({ similarity }, n) =>
            expect(similarity).toBeCloseTo(expected[n]?.similarity as number, 4),
          )
        },
      ),
      { numRuns: 12 },
    )
  })

  test('a hash that is there already is not added again', async () => {
    await using index = await open()
    const vector = normalise([1, 2, 3, 4, 5, 6, 7, 8], DIMENSION)
    await index.add([item(1, vector), item(2, vector)])
    await index.add([item(1, vector)])
    expect(index.size).toBe(2)
    expect((await index.search(vector, 10)).map(({ hash }) => hash).sort()).toEqual(['vector-1', 'vector-2'])
  })
}

describe('flat index', () => {
  registerVectorIndexTests(async () => createFlatIndex())
})

describe('FAISS index', () => {
  const open = (path = join(dir, `index-${files++}`)) => openFaissIndex({ path, dimension: DIMENSION })
  registerVectorIndexTests(() => open())

  test('what was saved is there after opening again; a torn file counts as empty', async () => {
    const path = join(dir, 'kept')
    const vector = normalise([1, 0, 0, 0, 0, 0, 0, 1], DIMENSION)
    {
      await using index = await open(path)
      await index.add([item(1, vector), item(2, normalise([0, 1, 0, 0, 0, 0, 0, 0], DIMENSION))])
      await index.remove(['vector-2'])
      await index.save()
    }
    {
      await using again = await open(path)
      expect(again.loaded).toEqual(['vector-1'])
      expect((await again.search(vector, 5)).map(({ hash }) => hash)).toEqual(['vector-1'])
    }
    await truncate(path, 20)
    {
      await using torn = await open(path)
      expect([torn.size, torn.loaded]).toEqual([0, []])
    }
    await writeFile(`${path}.ids.json`, 'not json')
    await using damaged = await open(path)
    expect(damaged.size).toBe(0)
  })
})
