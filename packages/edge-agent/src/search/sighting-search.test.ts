import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { QueryUnderstanding } from '@sam3-fleet/models/score/query-understanding'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { dot, fromF16Bytes, normalise } from '@sam3-fleet/shared/vector/vector'
import { createFlatIndex } from '../index/flat-index.ts'
import type { VectorIndex } from '../index/vector-index.ts'
import type { SightingVersion } from '../store/pipeline-store.ts'
import {
  addVideo,
  makeCommit,
  makeVersion,
  openTestStore,
  TEST_NOW_MS,
  TEST_SPACE,
} from '../store/testing/test-store.ts'
import { createSightingSearch } from './sighting-search.ts'

const LABELS = ['car', 'person', 'bus']
/** A question that asks for cars; everything else is below the cut. */
const asksForCars: QueryUnderstanding = {
  understand: async (prompt) => ({
    vector: normalise([1, 0, 0, 0], 4),
    interpretation: {
      prompt,
      labels: [{ label: 'car', similarity: 1 }],
      colours: [],
      ignored: [],
      summary: '',
    },
    scorer: {
      score: ({ similarity, labelOfCandidate }) => ({
        similarity: (similarity + 1) / 2,
        rankScore: similarity,
        band: labelOfCandidate === 'car' ? 'likely' : null,
      }),
    },
  }),
}

async function index(versions: readonly SightingVersion[]): Promise<VectorIndex> {
  const flat = createFlatIndex()
  await flat.add(
    versions.map(({ sighting, vectorF16 }) => ({
      hash: sighting.vectorHash,
      vector: fromF16Bytes(vectorF16),
    })),
  )
  return flat
}

describe('search on a device', () => {
  test('finds what an exact search over the filtered sightings finds, whatever the filters leave', async () => {
    await using dir = await createTempDir('search')
    using store = openTestStore(join(dir.path, 'a.db'))
    const ids = addVideo(store)
    // More distinct vectors than the first look takes, so that a strict filter makes it look further.
    const versions = Array.from({ length: 1_200 }, (_, n) =>
      makeVersion(
        { ...ids, label: LABELS[n % 3] as string, confidence: (n % 8) / 8, lastSeenMs: TEST_NOW_MS + n },
        `look ${n}`,
      ),
    )
    store.pipeline.commit(makeCommit(ids, { sightings: versions }))
    await using vectors = await index(versions)
    const search = createSightingSearch({
      spaceId: TEST_SPACE.spaceId,
      index: vectors,
      readers: store.readers,
      understanding: asksForCars,
    })
    const filters = fc.record({
      labels: fc.option(fc.subarray(LABELS), { nil: undefined }),
      minConfidence: fc.option(fc.constantFrom(0, 0.5, 0.875), { nil: undefined }),
      fromMs: fc.option(fc.constantFrom(TEST_NOW_MS, TEST_NOW_MS + 1_190), { nil: undefined }),
    })
    const query = fc
      .array(fc.integer({ min: -9, max: 9 }), { minLength: 4, maxLength: 4 })
      .filter((values) => values.some((value) => value !== 0))
    await fc.assert(
      fc.asyncProperty(query, filters, fc.integer({ min: 1, max: 60 }), async (values, filter, limit) => {
        const vector = normalise(values, 4)
        const expected = versions
          .filter(
            ({ sighting }) =>
              (filter.labels === undefined || filter.labels.includes(sighting.label)) &&
              sighting.confidence >= (filter.minConfidence ?? 0) &&
              sighting.lastSeenMs >= (filter.fromMs ?? 0),
          )
          .map(({ vectorF16 }) => dot(vector, fromF16Bytes(vectorF16)))
          .sort((a, b) => b - a)
          .slice(0, limit)
        const found = await search.nearest(vector, filter, limit)
        expect(found.length).toBe(expected.length)
        found.forEach(({ similarity }, n) => expect(similarity).toBeCloseTo(expected[n] as number, 5))
      }),
      { numRuns: 40 },
    )
  })

  test('a question in words leaves out what is below the cut, best first', async () => {
    await using dir = await createTempDir('search')
    using store = openTestStore(join(dir.path, 'a.db'))
    const ids = addVideo(store)
    const versions = ['car', 'person', 'car', 'bus'].map((label, n) =>
      makeVersion({ ...ids, label }, `look ${n}`),
    )
    store.pipeline.commit(makeCommit(ids, { sightings: versions }))
    await using vectors = await index(versions)
    const search = createSightingSearch({
      spaceId: TEST_SPACE.spaceId,
      index: vectors,
      readers: store.readers,
      understanding: asksForCars,
    })
    const { results, interpretation } = await search.find('cars', {}, 10)
    expect(interpretation.prompt).toBe('cars')
    expect(results.map(({ sighting, band }) => [sighting.label, band])).toEqual([
      ['car', 'likely'],
      ['car', 'likely'],
    ])
    expect(results[0]?.similarity).toBeGreaterThanOrEqual(results[1]?.similarity ?? 1)
    expect((await search.find('cars', { sources: [randomUUID()] }, 10)).results).toEqual([])
    expect((await search.find('cars', {}, 1)).results.length).toBe(1)
  })
})
