import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import type { Actor } from '../pipeline/testing/scripted-recording.ts'
import { openTestStore, type TestStore } from '../store/testing/test-store.ts'
import { followedByCentre, partitionOf, readJoins } from './testing/read-joins.ts'
import { JOINED_SCENE, record, recordAgain, recordedScene, regroupingOf } from './testing/recorded-scene.ts'

const RUNS = 25
const TIMEOUT_MS = 300_000

type Step = { do: 'split'; sighting: number; take: number[] | null } | { do: 'regroup'; radius: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('split' as const),
    sighting: fc.nat(99),
    take: fc.option(fc.array(fc.nat(9), { minLength: 1, maxLength: 3 })),
  }),
  fc.record({ do: fc.constant('regroup' as const), radius: fc.constantFrom(0, 0.3, 1, 2, 6) }),
)

/** One step on whatever there is: of sightings that can be split, the one that the number falls on. */
async function take(store: TestStore, sourceId: string, { ...step }: Step): Promise<'done' | 'nothing'> {
  const service = regroupingOf(store)
  if (step.do === 'regroup') {
    await service.regroup(sourceId, step.radius)
    return 'done'
  }
  const joined = [...readJoins(store.db).tracksOf].filter(([, tracks]) => tracks.length > 1)
  const chosen = joined[step.sighting % Math.max(1, joined.length)]
  if (!chosen) return 'nothing'
  const [id, tracks] = chosen
  const taken = step.take && [...new Set(step.take.map((n) => tracks[n % tracks.length] as number))]
  await service.split(id, taken?.length === tracks.length ? null : taken)
  return 'done'
}

/** What no step may change, and what must hold between the parts of what is stored. */
function expectWhole(store: TestStore, before: ReturnType<typeof readJoins>): void {
  const now = readJoins(store.db)
  expect(now.trackOfDetection).toEqual(before.trackOfDetection)
  const sum = (joins: typeof now): number => joins.sightings.reduce((all, { count }) => all + count, 0)
  expect(sum(now)).toBe(sum(before))
  const tracks = [...now.tracksOf.values()].flat()
  expect(new Set(tracks).size).toBe(tracks.length)
  expect(now.sightings.map(({ id }) => id)).toEqual([...now.tracksOf.keys()].toSorted())
  for (const { id, count, trackCount, firstSeenMs, lastSeenMs, detectionId, state } of now.sightings) {
    expect([count, trackCount]).toEqual([now.detectionsOf.get(id), now.tracksOf.get(id)?.length])
    expect(firstSeenMs).toBeLessThanOrEqual(lastSeenMs)
    expect(state).toBe('closed')
    const shown = store.readers.detection(detectionId)
    expect(shown?.sightingId).toBe(id)
  }
  expect(followedByCentre(store.outbox)).toEqual(now.sightings)
}

test(
  'whatever is split and regrouped, counts, detections and tracks are kept, and a centre follows',
  { timeout: TIMEOUT_MS },
  async () => {
    await using dir = await createTempDir('regroup')
    let files = 0
    const seen = { joined: 0, steps: 0, kept: 0 }
    await fc.assert(
      fc.asyncProperty(
        recordedScene,
        fc.array(step, { minLength: 1, maxLength: 5 }),
        async (scene, steps) => {
          using store = openTestStore(join(dir.path, `${files++}.db`))
          const { sourceId } = await record(store, scene)
          const recorded = readJoins(store.db)
          for (const each of steps) {
            if ((await take(store, sourceId, each)) === 'done') seen.steps += 1
            expectWhole(store, recorded)
          }
          // All of it is taken back by deciding again as it was decided at first.
          await regroupingOf(store).regroup(sourceId, 1)
          expectWhole(store, recorded)
          const after = readJoins(store.db)
          expect(partitionOf(after)).toEqual(partitionOf(recorded))
          // What kept its name is again what it was, in every word and with its picture.
          const kept = recorded.sightings.filter(({ id }) => after.tracksOf.has(id))
          for (const each of kept)
            expect(after.sightings).toContainEqual({ ...each, version: expect.any(Number) })
          seen.kept += kept.length
          seen.joined += recorded.sightings.filter(({ trackCount }) => trackCount > 1).length
        },
      ),
      { numRuns: RUNS },
    )
    // Scenes in which nothing was joined would stay as they are whatever is done.
    expect(seen.joined).toBeGreaterThan(RUNS)
    expect(seen.steps).toBeGreaterThan(RUNS)
    expect(seen.kept).toBeGreaterThan(2 * RUNS)
  },
)

test(
  'deciding again with the radius of the recording, or twice with the same, changes nothing at all',
  { timeout: TIMEOUT_MS },
  async () => {
    await using dir = await createTempDir('regroup')
    let files = 0
    await fc.assert(
      fc.asyncProperty(
        recordedScene,
        fc.constantFrom(0, 0.5, 1, 3),
        fc.constantFrom(0, 0.5, 2),
        async (scene, dedupRadius, other) => {
          using store = openTestStore(join(dir.path, `${files++}.db`))
          const { sourceId } = await record(store, scene, { dedupRadius })
          for (const radius of [dedupRadius, other]) {
            if (radius !== dedupRadius) await regroupingOf(store).regroup(sourceId, radius)
            const before = { ...readJoins(store.db), seq: store.outbox.position().maxSeq }
            const report = await regroupingOf(store).regroup(sourceId, radius)
            expect(report.videosChanged).toBe(0)
            expect({ ...readJoins(store.db), seq: store.outbox.position().maxSeq }).toEqual(before)
          }
        },
      ),
      { numRuns: RUNS },
    )
  },
)

describe('split and regroup', () => {
  const scene = JOINED_SCENE

  async function open(name: string) {
    const dir = await createTempDir(name)
    const store = openTestStore(join(dir.path, 'device.db'))
    return {
      store,
      async [Symbol.asyncDispose]() {
        store[Symbol.dispose]()
        await dir[Symbol.asyncDispose]()
      },
    }
  }

  test('the name and the picture stay together, and what is split is described by itself', async () => {
    await using opened = await open('split')
    const { store } = opened
    await record(store, scene)
    const [before] = readJoins(store.db).sightings
    if (!before) throw new Error('nothing was seen')
    expect(before.trackCount).toBe(3)
    const parts = await regroupingOf(store).split(before.id, null)

    expect(parts.map(({ trackIds }) => trackIds.length)).toEqual([1, 1, 1])
    const shown = parts.find(({ sighting }) => sighting.id === before.id)
    expect(shown?.sighting).toMatchObject({
      version: before.version + 1,
      mediaSha256: before.mediaSha256,
      detectionId: before.detectionId,
      bbox: before.bbox,
    })
    const others = parts.filter(({ sighting }) => sighting.id !== before.id).map(({ sighting }) => sighting)
    for (const other of others)
      expect(other).toMatchObject({ version: 1, label: 'car', sourceName: before.sourceName })
    for (const { sighting } of parts) expect(sighting.description).toMatch(/^a red car, /)
    expect(shown?.sighting.attributes.resembles).toEqual(before.attributes.resembles)
    for (const { sighting } of parts)
      expect(sighting.attributes.resembles === undefined).toBe(sighting.mediaSha256 === null)
    const ends = parts.map(({ sighting }) => sighting.lastSeenMs)
    expect(ends).toEqual(ends.toSorted((a, b) => a - b))
    expect(store.readers.sighting(before.id)).toEqual(shown?.sighting)
    expect(followedByCentre(store.outbox)).toEqual(readJoins(store.db).sightings)
  })

  test('what is taken out is one sighting, and joined again it is what it was', async () => {
    await using opened = await open('take-out')
    const { store } = opened
    const dog = { ...scene.actors[0], label: 'dog', start: [0.25, 0.4, 0.08, 0.08], from: 1, length: 40 }
    const { sourceId } = await record(store, { ...scene, actors: [...scene.actors, dog as Actor] })
    const all = readJoins(store.db).sightings
    const before = all.find(({ label }) => label === 'car')
    expect(before?.description).toMatch(/^a red car with a dog, /)
    const [first, second] = readJoins(store.db).tracksOf.get(before?.id ?? '') ?? []
    const parts = await regroupingOf(store).split(before?.id ?? '', [first as number, second as number])
    expect(parts.map(({ trackIds }) => trackIds.length)).toEqual([1, 2])
    const report = await regroupingOf(store).regroup(sourceId, 1)
    expect(report).toEqual({
      videos: 1,
      videosChanged: 1,
      sightingsBefore: all.length + 1,
      sightingsAfter: all.length,
      detections: all.reduce((sum, { count }) => sum + count, 0),
    })
    const expected = all.map((each) => (each === before ? { ...each, version: each.version + 2 } : each))
    expect(readJoins(store.db).sightings).toEqual(expected)
  })

  test('what an older version stored is split without words that nobody measured, and counts are kept', async () => {
    await using opened = await open('older')
    const { store } = opened
    const { sourceId } = await record(store, scene)
    store.db.exec(
      'UPDATE detections SET colours = NULL, beside = NULL, media_sha256 = NULL; DELETE FROM tracks',
    )
    const before = readJoins(store.db)
    const parts = await regroupingOf(store).split(before.sightings[0]?.id ?? '', null)
    expectWhole(store, before)
    expect(parts).toHaveLength(3)
    for (const { sighting } of parts) {
      expect(sighting.description).toMatch(/^a car, /)
      expect(sighting.attributes).toMatchObject({ colours: [] })
    }
    expect(parts.filter(({ sighting }) => sighting.mediaSha256 !== null)).toHaveLength(1)
    await regroupingOf(store).regroup(sourceId, 1)
    expectWhole(store, before)
    expect(partitionOf(readJoins(store.db))).toEqual(partitionOf(before))
  })

  test('a track that is not in the sighting, all of its tracks, or an unknown one is refused', async () => {
    await using opened = await open('refused')
    const { store } = opened
    await record(store, scene)
    const [[id, tracks] = ['', []]] = readJoins(store.db).tracksOf
    const service = regroupingOf(store)
    await expect(service.split(id, [999])).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(service.split(id, tracks)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(service.split('01a20a43-68c2-7747-8d09-5a01d0e2bf15', null)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('a recording that is still worked on is left alone, and what to do is said', async () => {
    await using opened = await open('in-work')
    const { store } = opened
    const { sourceId } = await record(store, scene)
    const [done] = readJoins(store.db).sightings
    const stop = new AbortController()
    const cutShort = { ...scene, frames: 30 }
    const { videoId } = await recordAgain(store, cutShort, { sourceId, signal: stop.signal })
    store.db.prepare("INSERT INTO checkpoints VALUES ('gate-0001', ?, 'head', x'00')").run(videoId)
    const service = regroupingOf(store)
    const inWork = readJoins(store.db).sightings.find((sighting) => sighting.videoId === videoId)
    const before = readJoins(store.db)
    for (const asked of [service.regroup(sourceId, 0), service.split(inWork?.id ?? '', null)])
      await expect(asked).rejects.toMatchObject({ code: 'CONFLICT', hint: expect.stringMatching(/disable/) })
    expect(readJoins(store.db)).toEqual(before)
    expect((await service.split(done?.id ?? '', null)).length).toBe(3)
  })

  test('a device killed between two recordings goes on with the same call', async () => {
    await using opened = await open('killed')
    const { store } = opened
    const { sourceId } = await record(store, scene)
    await recordAgain(store, scene, { sourceId })
    const service = regroupingOf(store)
    let commits = 0
    store.db.function('die', () => {
      commits += 1
      throw new Error('the process is gone')
    })
    const videos = store.db
      .prepare<[], { id: string }>('SELECT id FROM videos ORDER BY created_at_ms, id')
      .all()
    store.db.exec(
      `CREATE TEMP TRIGGER dies AFTER UPDATE OF sighting_id ON detections WHEN new.video_id = '${videos[1]?.id}'
       BEGIN SELECT die(); END`,
    )
    await expect(service.regroup(sourceId, 0)).rejects.toThrow(/process is gone/)
    expect(commits).toBe(1)
    const half = readJoins(store.db)
    expect(half.sightings.map(({ trackCount }) => trackCount)).toHaveLength(4)
    expect(followedByCentre(store.outbox)).toEqual(half.sightings)

    store.db.exec('DROP TRIGGER dies')
    const report = await service.regroup(sourceId, 0)
    expect(report).toMatchObject({ videos: 2, videosChanged: 1, sightingsAfter: 6 })
    expect(followedByCentre(store.outbox)).toEqual(readJoins(store.db).sightings)
  })

  test('a new epoch tells again what is gone', async () => {
    await using opened = await open('epoch')
    const { store } = opened
    const { sourceId } = await record(store, scene)
    const service = regroupingOf(store)
    await service.regroup(sourceId, 0)
    await service.regroup(sourceId, 1)
    store.outbox.mintEpoch('the database was restored')
    const told = store.db
      .prepare<[], { id: string }>(
        "SELECT json_extract(state, '$.id') AS id FROM outbox WHERE kind = 'tombstone' ORDER BY seq",
      )
      .all()
    const gone = store.db
      .prepare('SELECT id FROM sightings WHERE deleted_at_ms IS NOT NULL ORDER BY id')
      .all()
    expect(gone).toHaveLength(2)
    expect(told.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(gone)
  })
})
