import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTempDir, type TempDir } from '@sam3-fleet/test-kit/temp-dir'
import type { SightingFilter } from './sqlite-readers.ts'
import {
  addVideo,
  makeCommit,
  makeDetection,
  makeVersion,
  openTestStore,
  TEST_NOW_MS,
  TEST_SPACE,
  type TestStore,
} from './testing/test-store.ts'

let dir: TempDir
let store: TestStore
let door = { sourceId: '', videoId: '' }
let yard = { sourceId: '', videoId: '' }

beforeAll(async () => {
  dir = await createTempDir('readers')
  store = openTestStore(join(dir.path, 'a.db'))
  door = addVideo(store, 'door')
  yard = addVideo(store, 'yard')
  const at = (n: number): { firstSeenMs: number; lastSeenMs: number } => ({
    firstSeenMs: TEST_NOW_MS + n * 60_000,
    lastSeenMs: TEST_NOW_MS + n * 60_000 + 5_000,
  })
  const add = (ids: typeof door, part: object, look: string): void =>
    store.pipeline.commit(makeCommit(ids, { sightings: [makeVersion({ ...ids, ...part }, look)] }))
  add(door, { label: 'car', confidence: 0.5, count: 4, sourceName: 'door', ...at(0) }, 'red car')
  add(door, { label: 'car', confidence: 1, count: 2, sourceName: 'door', ...at(10) }, 'blue car')
  add(yard, { label: 'person', confidence: 0.75, count: 9, sourceName: 'yard', ...at(20) }, 'person')
  add(yard, { label: 'person', confidence: 0.25, count: 1, sourceName: 'yard', ...at(30) }, 'person')
})
afterAll(async () => {
  store[Symbol.dispose]()
  await dir[Symbol.asyncDispose]()
})

const found = (filter: SightingFilter): string[] =>
  store.readers.newestSightings(filter, 10).map(({ description, count }) => `${description} ${count}`)
const minutes = (n: number): number => TEST_NOW_MS + n * 60_000

describe('readers in SQLite', () => {
  test.each<[string, () => SightingFilter, string[]]>([
    ['none', () => ({}), ['person 1', 'person 9', 'blue car 2', 'red car 4']],
    ['source', () => ({ sources: [door.sourceId] }), ['blue car 2', 'red car 4']],
    ['label', () => ({ labels: ['person', 'bus'] }), ['person 1', 'person 9']],
    ['from', () => ({ fromMs: minutes(20) }), ['person 1', 'person 9']],
    ['to', () => ({ toMs: minutes(9) }), ['red car 4']],
    [
      'a moment inside a sighting',
      () => ({ fromMs: minutes(10) + 2_000, toMs: minutes(10) + 3_000 }),
      ['blue car 2'],
    ],
    ['confidence', () => ({ minConfidence: 0.75 }), ['person 9', 'blue car 2']],
    ['seq', () => ({ sinceSeq: 6 }), ['person 1', 'person 9']],
    [
      'all at once',
      () => ({ sources: [yard.sourceId], labels: ['person'], minConfidence: 0.5 }),
      ['person 9'],
    ],
    ['an empty list of sources', () => ({ sources: [] }), []],
  ])('the filter %s keeps what it says, newest first', (_, filter, expected) => {
    expect(found(filter())).toEqual(expected)
  })

  test('one vector stands for all sightings that have it', () => {
    const { vectorHash } = makeVersion({}, 'person').sighting
    const sightings = store.readers.sightingsByVectors(TEST_SPACE.spaceId, [vectorHash], {})
    expect(new Set(sightings.map(({ count }) => count))).toEqual(new Set([1, 9]))
    expect(store.readers.sightingsByVectors('other@1', [vectorHash], {})).toEqual([])
    expect(store.readers.vectorCount(TEST_SPACE.spaceId)).toBe(3)
  })

  test('groups count detections and sightings by what was asked', () => {
    expect(store.readers.objects('label')).toEqual([
      { label: 'person', count: 10, sightings: 2, avgConfidence: 0.5 },
      { label: 'car', count: 6, sightings: 2, avgConfidence: 0.75 },
    ])
    expect(store.readers.objects('source').map(({ label, count }) => [label, count])).toEqual([
      ['yard', 10],
      ['door', 6],
    ])
  })

  test('pages of detections by keyset come to each exactly once while more are added', () => {
    const addSome = (count: number): void => {
      const first = store.pipeline.reserveDetectionIds(count)
      const detections = Array.from({ length: count }, (_, n) =>
        makeDetection({ detectionId: first + n, sightingId: 's' }),
      )
      store.pipeline.commit(makeCommit(door, { detections }))
    }
    addSome(25)
    const seen: number[] = []
    for (let cursor = 0; ;) {
      const page = store.readers.detectionsAfter(cursor, 10)
      seen.push(...page.map(({ detectionId }) => detectionId))
      if (seen.length === 20) addSome(5)
      if (page.length < 10) break
      cursor = page.at(-1)?.detectionId ?? 0
    }
    expect(seen).toEqual(Array.from({ length: 30 }, (_, n) => (seen[0] ?? 0) + n))
  })
})
