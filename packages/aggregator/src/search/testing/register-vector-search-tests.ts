// The guarantees of every VectorSearch, on every database.
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SearchFilters } from '@sam3-fleet/shared/search/filters'
import { fromF16Bytes, normalise, toF16Bytes } from '@sam3-fleet/shared/vector/vector'
import type { Database, Queryable } from '../../database/database.ts'
import { keyOf, type NearestHit, type NearestKey, type NearestQuery } from '../../store/nearest-query.ts'
import {
  copySighting,
  SEED_TIME_MS,
  SOURCE_ID,
  seedDevice,
  seedSighting,
  seedSpace,
  space,
} from '../../testing/seed.ts'
import type { VectorSearch } from '../vector-search.ts'

const SPACE = space('test-space@1', 4)
const OPEN = { preference: { labels: [], colours: [] }, floors: { 0: -1, 1: -1, 2: -1 } } as const

interface Thing {
  deviceId: string
  id: string
  label: string
  colour: string | null
  confidence: number
  firstSeenMs: number
  lastSeenMs: number
  vector: Float32Array
}

export function registerVectorSearchTests(
  openDatabase: () => Promise<Database>,
  createSearch: (db: Queryable) => VectorSearch,
): void {
  let db: Database
  let search: VectorSearch
  beforeAll(async () => {
    db = await openDatabase()
    search = createSearch(db)
  })
  afterAll(() => db[Symbol.asyncDispose]())

  async function seed(tenantId: string, things: readonly Thing[]): Promise<void> {
    await seedSpace(db, SPACE, tenantId)
    const epochs = new Map<string, string>()
    for (const deviceId of new Set(things.map((thing) => thing.deviceId)))
      epochs.set(deviceId, await seedDevice(db, { deviceId, tenantId }))
    for (const [at, { deviceId, colour, ...thing }] of things.entries())
      await seedSighting(db, {
        ...thing,
        tenantId,
        deviceId,
        epoch: epochs.get(deviceId) ?? '',
        seq: at + 1,
        spaceId: SPACE.spaceId,
        attributes: {
          colours: colour === null ? [] : [{ name: colour, share: 0.5 }],
          size: 'small',
          place: 'centre',
          movement: '',
        },
      })
  }

  async function page(query: Omit<NearestQuery, 'after'>): Promise<NearestHit[]> {
    const all: NearestHit[] = []
    let after: NearestKey | null = null
    for (;;) {
      const hits: NearestHit[] = await search.nearest({ ...query, after })
      all.push(...hits)
      const last = hits.at(-1)
      if (!last || hits.length < query.limit) return all
      after = keyOf(last)
    }
  }

  test('a rare device is found though thousands of nearer vectors exist elsewhere', async () => {
    const tenantId = 'rare'
    const epoch = await seedDevice(db, { deviceId: 'busy-device', tenantId })
    const rareEpoch = await seedDevice(db, { deviceId: 'rare-device', tenantId })
    await seedSpace(db, SPACE, tenantId)
    const near = unit([1, 0, 0, 0])
    const template = await seedSighting(db, {
      tenantId,
      deviceId: 'busy-device',
      epoch,
      seq: 1,
      vector: near,
      spaceId: SPACE.spaceId,
    })
    await copySighting(db, { tenantId, id: template.id, copies: 5_000 })
    const rare = await seedSighting(db, {
      tenantId,
      deviceId: 'rare-device',
      epoch: rareEpoch,
      seq: 1,
      vector: unit([0, 1, 0, 0]),
      spaceId: SPACE.spaceId,
    })
    const hits = await search.nearest({
      ...OPEN,
      tenantId,
      spaceId: SPACE.spaceId,
      vector: near,
      filters: { devices: ['rare-device'] },
      limit: 10,
      after: null,
    })
    expect(hits.map((hit) => hit.sightingId)).toEqual([rare.id])
  })

  test('thousands that share one vector are paged, each once', async () => {
    const hits = await page({
      ...OPEN,
      tenantId: 'rare',
      spaceId: SPACE.spaceId,
      vector: unit([1, 0, 0, 0]),
      filters: {},
      limit: 700,
    })
    expect(hits.length).toBe(5_002)
    expect(new Set(hits.map((hit) => hit.sightingId)).size).toBe(5_002)
  })

  test('vectors of another dimension that stray into a space are left out', async () => {
    const tenantId = 'dimensions'
    await seed(tenantId, [thing({ vector: unit([1, 0, 0, 0]) }), thing({ vector: unit([1, 0, 0]) })])
    const hits = await search.nearest({
      ...OPEN,
      tenantId,
      spaceId: SPACE.spaceId,
      vector: unit([1, 0, 0, 0]),
      filters: {},
      limit: 10,
      after: null,
    })
    expect(hits).toHaveLength(1)
  })

  test('what it finds, in what order, and page by page, is what a scan of everything finds', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryThing, { maxLength: 25 }),
        arbitraryQuestion,
        async (things, asked) => {
          const tenantId = `oracle-${run++}`
          await seed(tenantId, things)
          const hits = await page({ ...asked, tenantId, spaceId: SPACE.spaceId })
          const expected = oracle(things, asked)
          expect(hits.map((hit) => hit.sightingId).toSorted()).toEqual(
            expected.map((one) => one.id).toSorted(),
          )
          for (const [before, after] of hits.slice(1).map((hit, at) => [hits[at], hit] as const))
            expect(rising(before as NearestHit, after)).toBe(true)
          for (const hit of hits)
            expect(hit.similarity).toBeCloseTo(
              expected.find((one) => one.id === hit.sightingId)?.cosine ?? 9,
              4,
            )
        },
      ),
      { numRuns: 30 },
    )
  })
}

function unit(values: readonly number[]): Float32Array {
  return normalise([...values], values.length)
}

function thing(part: Partial<Thing>): Thing {
  return {
    deviceId: 'device-one',
    id: uuidv7(),
    label: 'person',
    colour: null,
    confidence: 0.9,
    firstSeenMs: SEED_TIME_MS,
    lastSeenMs: SEED_TIME_MS + 1_000,
    vector: unit([1, 0, 0, 0]),
    ...part,
  }
}

/** Few values, so that equal vectors, equal times and equal filters are common. */
const arbitraryThing = fc
  .record({
    deviceId: fc.constantFrom('device-one', 'device-two', 'device-three'),
    label: fc.constantFrom('person', 'car', 'dog'),
    colour: fc.constantFrom(null, 'red', 'blue'),
    confidence: fc.constantFrom(0.25, 0.5, 0.9),
    startS: fc.integer({ min: 0, max: 3 }),
    lengthS: fc.integer({ min: 0, max: 2 }),
    direction: fc.constantFrom([1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0], [-1, 0, 1, 0], [1, 2, 3, 4]),
  })
  .map(({ startS, lengthS, direction, ...rest }) => {
    const firstSeenMs = SEED_TIME_MS + startS * 1_000
    return thing({ ...rest, firstSeenMs, lastSeenMs: firstSeenMs + lengthS * 1_000, vector: unit(direction) })
  })

const isoAfter = (seconds: number): string => new Date(SEED_TIME_MS + seconds * 1_000).toISOString()

const arbitraryQuestion = fc.record({
  vector: fc.constantFrom([1, 0, 0, 0], [0, 1, 1, 0], [3, 1, 0, 2]).map(unit),
  limit: fc.integer({ min: 1, max: 7 }),
  preference: fc.record({
    labels: fc.subarray(['person', 'car']),
    colours: fc.subarray(['red', 'blue']),
  }),
  floors: fc.record({
    0: fc.constantFrom(-1, 0.1),
    1: fc.constantFrom(-1, 0.3),
    2: fc.constantFrom(-1, 0.6, 2),
  }),
  filters: fc.record(
    {
      devices: fc.subarray(['device-one', 'device-two']),
      labels: fc.subarray(['person', 'dog'], { minLength: 1 }),
      sources: fc.constant([SOURCE_ID] as string[]),
      from: fc.integer({ min: 0, max: 4 }).map(isoAfter),
      to: fc.integer({ min: 0, max: 4 }).map(isoAfter),
      minConfidence: fc.constantFrom(0.5, 0.9),
    },
    { requiredKeys: [] },
  ),
})

type Asked = Pick<NearestQuery, 'vector' | 'preference' | 'floors' | 'filters'>

function oracle(things: readonly Thing[], asked: Asked): { id: string; cosine: number }[] {
  return things
    .filter((one) => passes(one, asked.filters))
    .map((one) => ({ id: one.id, cosine: cosine(one.vector, asked.vector), tier: tierOf(one, asked) }))
    .filter((one) => one.cosine >= asked.floors[one.tier])
}

function passes(one: Thing, filters: SearchFilters): boolean {
  return (
    (filters.devices?.includes(one.deviceId) ?? true) &&
    (filters.labels?.includes(one.label) ?? true) &&
    (filters.from === undefined || one.lastSeenMs >= Date.parse(filters.from)) &&
    (filters.to === undefined || one.firstSeenMs <= Date.parse(filters.to)) &&
    one.confidence >= (filters.minConfidence ?? 0)
  )
}

function tierOf(one: Thing, { preference: { labels, colours } }: Asked): 0 | 1 | 2 {
  const label = labels.length === 0 || labels.includes(one.label)
  const colour = colours.length === 0 || (one.colour !== null && colours.includes(one.colour))
  return label ? (colour ? 0 : 1) : 2
}

function cosine(a: Float32Array, b: Float32Array): number {
  const [x, y] = [fromF16Bytes(toF16Bytes(a)), fromF16Bytes(toF16Bytes(b))]
  const dot = (u: Float32Array, v: Float32Array): number =>
    u.reduce((sum, at, i) => sum + at * (v[i] ?? 0), 0)
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y))
}

function rising(a: NearestHit, b: NearestHit): boolean {
  if (a.tier !== b.tier) return a.tier < b.tier
  if (a.similarity !== b.similarity) return a.similarity > b.similarity
  if (a.firstSeenMs !== b.firstSeenMs) return a.firstSeenMs > b.firstSeenMs
  return a.deviceId !== b.deviceId || a.sightingId < b.sightingId
}
