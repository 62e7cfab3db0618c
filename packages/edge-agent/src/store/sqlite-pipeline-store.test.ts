import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import type { Entry } from '@sam3-fleet/shared/protocol/entry'
import { addVideo, makeCommit, makeDetection, makeVersion, openTestStore } from './testing/test-store.ts'
import type { TestStore } from './testing/test-store.ts'

const entriesOf = (store: TestStore): Pick<Entry, 'seq' | 'kind' | 'id' | 'version'>[] =>
  store.db
    .prepare<[], Pick<Entry, 'seq' | 'kind' | 'id' | 'version'>>(
      'SELECT seq, kind, id, version FROM outbox ORDER BY seq',
    )
    .all()

describe('pipeline store in SQLite', () => {
  test('one commit keeps detections, sighting, vector, crop, checkpoint and outbox entries together', async () => {
    await using dir = await createTempDir('store')
    using store = openTestStore(join(dir.path, 'a.db'))
    const ids = addVideo(store)
    const version = makeVersion({ ...ids, count: 2 })
    const { id: sightingId } = version.sighting
    const first = store.pipeline.reserveDetectionIds(2)
    const detections = [0, 1].map((n) =>
      makeDetection({ detectionId: first + n, sightingId, frameIdx: n, bbox: [0.125, 0.25, 0.5, 0.5] }),
    )
    store.pipeline.commit(makeCommit(ids, { detections, sightings: [version], framesDone: 2 }))

    expect(store.readers.sighting(sightingId)).toEqual(version.sighting)
    expect(store.readers.detectionsOfSighting(sightingId, 10).map(({ frameIdx }) => frameIdx)).toEqual([0, 1])
    expect(store.readers.detection(first)).toMatchObject({
      bbox: [0.125, 0.25, 0.5, 0.5],
      sourceId: ids.sourceId,
    })
    expect(Buffer.from(store.readers.media(version.crop?.sha256 ?? '')?.content ?? [])).toEqual(
      Buffer.from(version.crop?.bytes ?? []),
    )
    expect(store.videos.video(ids.videoId)?.framesDone).toBe(2)
    expect(entriesOf(store).map(({ seq, kind }) => [seq, kind])).toEqual([
      [1, 'source'],
      [2, 'sighting'],
      [3, 'media'],
    ])
  })

  test('a commit that fails midway leaves nothing, and no hole in seq', async () => {
    await using dir = await createTempDir('store')
    using store = openTestStore(join(dir.path, 'a.db'))
    const ids = addVideo(store)
    const version = makeVersion(ids)
    const same = makeDetection({ detectionId: 7, sightingId: version.sighting.id })
    const twice = makeCommit(ids, { detections: [same, same], sightings: [version], framesDone: 9 })
    expect(() => store.pipeline.commit(twice)).toThrow('UNIQUE')
    expect(store.readers.totals()).toEqual({ detections: 0, sightings: 0, vectors: 0 })
    expect(store.videos.video(ids.videoId)?.framesDone).toBe(0)
    store.pipeline.commit({ ...twice, detections: [same] })
    expect(entriesOf(store).map(({ seq }) => seq)).toEqual([1, 2, 3])
  })

  test('equal vectors and crops are kept once, whoever brings them', async () => {
    await using dir = await createTempDir('store')
    using store = openTestStore(join(dir.path, 'a.db'))
    const ids = addVideo(store)
    store.pipeline.commit(makeCommit(ids, { sightings: [makeVersion(ids, 'bus'), makeVersion(ids, 'bus')] }))
    expect(store.readers.totals()).toEqual({ detections: 0, sightings: 2, vectors: 1 })
    expect(entriesOf(store).filter(({ kind }) => kind === 'media').length).toBe(1)
  })

  test('what a dead process left open goes on with its checkpoint, or is closed with a further version', async () => {
    await using dir = await createTempDir('store')
    const path = join(dir.path, 'a.db')
    const open = makeVersion({ version: 4 })
    const closed = makeVersion({ state: 'closed' }, 'van')
    let ids = { sourceId: '', videoId: '' }
    const put = new Map([['tracks', Buffer.from('three')]])
    {
      using store = openTestStore(path)
      ids = addVideo(store)
      const sightings = [open, closed].map((each) => ({ ...each, sighting: { ...each.sighting, ...ids } }))
      const detections = [makeDetection({ detectionId: 1, sightingId: open.sighting.id, trackId: 12 })]
      const checkpoint = { put, drop: [] }
      store.pipeline.commit(makeCommit(ids, { detections, sightings, framesDone: 31, checkpoint }))
    }
    using store = openTestStore(path)
    const point = { framesDone: 31, lastTrackId: 12 }
    expect(store.pipeline.resumeVideo(ids.videoId)).toEqual({ ...point, checkpoint: put })
    expect(store.readers.sighting(open.sighting.id)).toMatchObject({ version: 4, state: 'open' })

    store.pipeline.closeOpen({ videoId: ids.videoId })
    expect(store.pipeline.resumeVideo(ids.videoId)).toEqual({ ...point, checkpoint: new Map() })
    expect(store.readers.sighting(open.sighting.id)).toMatchObject({ version: 5, state: 'closed' })
    expect(store.readers.sighting(closed.sighting.id)?.version).toBe(1)
    expect(entriesOf(store).at(-1)).toMatchObject({ kind: 'sighting', id: open.sighting.id, version: 5 })
    const before = entriesOf(store).length
    store.pipeline.closeOpen({ sourceId: ids.sourceId })
    expect(entriesOf(store).length).toBe(before)
  })

  test('a source that is not gone on with takes the checkpoints of its recordings along, and no others', async () => {
    await using dir = await createTempDir('store')
    using store = openTestStore(join(dir.path, 'a.db'))
    const [gone, kept] = [addVideo(store, 'gone'), addVideo(store, 'kept')]
    const checkpoint = { put: new Map([['tracks', Buffer.from('three')]]), drop: [] }
    for (const ids of [gone, kept])
      store.pipeline.commit(makeCommit(ids, { sightings: [makeVersion(ids)], framesDone: 3, checkpoint }))
    store.pipeline.closeOpen({ sourceId: gone.sourceId })
    const states = store.db.prepare('SELECT source_id, state FROM sightings ORDER BY state').all()
    expect(states).toEqual([
      { source_id: gone.sourceId, state: 'closed' },
      { source_id: kept.sourceId, state: 'open' },
    ])
    expect(store.pipeline.resumeVideo(gone.videoId).checkpoint.size).toBe(0)
    expect(store.pipeline.resumeVideo(kept.videoId).checkpoint.size).toBe(1)
  })

  test('a checkpoint changes by parts, and is gone when a commit brings none', async () => {
    await using dir = await createTempDir('store')
    using store = openTestStore(join(dir.path, 'a.db'))
    const ids = addVideo(store)
    const commit = (put: Record<string, string>, drop: string[] = []): void => {
      const parts = new Map(Object.entries(put).map(([part, value]) => [part, Buffer.from(value)]))
      store.pipeline.commit(makeCommit(ids, { checkpoint: { put: parts, drop } }))
    }
    const parts = (): Record<string, string> =>
      Object.fromEntries(
        [...store.pipeline.resumeVideo(ids.videoId).checkpoint].map(([part, value]) => [
          part,
          Buffer.from(value).toString(),
        ]),
      )
    commit({ a: '1', b: '1' })
    commit({ b: '2', c: '1' }, ['a'])
    expect(parts()).toEqual({ b: '2', c: '1' })
    store.pipeline.commit(makeCommit(ids, { finished: true }))
    expect(parts()).toEqual({})
  })

  test('ids of detections never come twice, over any number of lives', async () => {
    await using dir = await createTempDir('store')
    const given = new Set<number>()
    for (let life = 0; life < 3; life++) {
      using store = openTestStore(join(dir.path, 'a.db'))
      const ids = addVideo(store, `video-${life}`)
      const first = store.pipeline.reserveDetectionIds(3)
      const detections = [0, 1, 2].map((n) =>
        makeDetection({ detectionId: first + n, sightingId: randomUUID() }),
      )
      store.pipeline.commit(makeCommit(ids, { detections }))
      for (const { detectionId } of detections) given.add(detectionId)
    }
    expect(given.size).toBe(9)
  })

  test('an id that only a checkpoint holds is not given to another detection after a restart', async () => {
    await using dir = await createTempDir('store')
    const path = join(dir.path, 'a.db')
    let heldBack = 0
    {
      using store = openTestStore(path)
      const ids = addVideo(store)
      heldBack = store.pipeline.reserveDetectionIds(5) + 4
      store.pipeline.commit(makeCommit(ids, { framesDone: 1 }))
    }
    using store = openTestStore(path)
    expect(store.pipeline.reserveDetectionIds(1)).toBe(heldBack + 1)
  })

  test('checkpoint, versions and seq only go forward under any order of commits and restarts', async () => {
    await using dir = await createTempDir('store')
    let files = 0
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          what: fc.constant('commit' as const),
          sighting: fc.nat(2),
          frames: fc.nat(5),
        }),
      },
      { weight: 1, arbitrary: fc.record({ what: fc.constant('restart' as const) }) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const path = join(dir.path, `${files++}.db`)
        let store = openTestStore(path)
        try {
          const ids = addVideo(store)
          const versions = [0, 1, 2].map(() => ({ id: randomUUID(), version: 0 }))
          let framesDone = 0
          for (const each of steps) {
            if (each.what === 'restart') {
              store.db.close()
              store = openTestStore(path)
              expect(store.pipeline.resumeVideo(ids.videoId).framesDone).toBe(framesDone)
              for (const known of versions) known.version = store.readers.sighting(known.id)?.version ?? 0
              continue
            }
            const known = versions[each.sighting] as { id: string; version: number }
            known.version += 1
            framesDone += each.frames
            const detection = makeDetection({
              detectionId: store.pipeline.reserveDetectionIds(1),
              sightingId: known.id,
            })
            const version = makeVersion({ ...ids, ...known }, `look ${each.sighting}`)
            store.pipeline.commit(
              makeCommit(ids, { detections: [detection], sightings: [version], framesDone }),
            )
          }
          const entries = entriesOf(store)
          expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, n) => n + 1))
          for (const { id } of versions) {
            const inOutbox = entries.filter((entry) => entry.id === id).map(({ version }) => version)
            expect(inOutbox).toEqual(inOutbox.map((_, n) => n + 1))
            expect(store.readers.sighting(id)?.version).toBe(inOutbox.at(-1))
          }
        } finally {
          store.db.close()
        }
      }),
      { numRuns: 25 },
    )
  })
})
