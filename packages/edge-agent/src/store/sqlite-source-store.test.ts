import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { openTestStore } from './testing/test-store.ts'

const camera = {
  name: 'gate',
  uri: 'rtsp://admin:hunter2@camera.local/live',
  prompts: ['red car'],
  detectFps: 5,
  enabled: true,
}

describe('source store in SQLite', () => {
  test('keeps credentials for the stage that connects and tells them to nobody else', async () => {
    await using dir = await createTempDir('sources')
    using store = openTestStore(join(dir.path, 'a.db'))
    const { record, secretUri } = store.sources.upsertSource(camera, 'rtsp')
    expect(secretUri).toBe(camera.uri)
    expect(record).toMatchObject({ uri: 'rtsp://camera.local/live', version: 1, state: 'idle' })
    const told = store.db.prepare<[], { state: string }>('SELECT state FROM outbox').all()
    expect(told.length).toBe(1)
    expect(JSON.stringify(told)).not.toContain('hunter2')
  })

  test('each change is a further version in the outbox; a state that stays is none', async () => {
    await using dir = await createTempDir('sources')
    using store = openTestStore(join(dir.path, 'a.db'))
    const { id } = store.sources.upsertSource(camera, 'rtsp').record
    store.sources.upsertSource({ ...camera, id, name: 'north gate' }, 'rtsp')
    store.sources.setSourceState(id, 'running', 'live')
    store.sources.setSourceState(id, 'running', 'live')
    expect(store.sources.source(id)?.record).toMatchObject({
      name: 'north gate',
      version: 3,
      state: 'running',
    })
    expect(store.outbox.position().maxSeq).toBe(3)
  })

  test('the reach of dedup stays when a change does not name it', async () => {
    await using dir = await createTempDir('sources')
    using store = openTestStore(join(dir.path, 'a.db'))
    const { record } = store.sources.upsertSource(camera, 'rtsp')
    expect(record.dedupRadius).toBe(1)
    const change = { ...camera, id: record.id }
    expect(store.sources.upsertSource({ ...change, dedupRadius: 0 }, 'rtsp').record.dedupRadius).toBe(0)
    expect(store.sources.upsertSource({ ...change, name: 'north gate' }, 'rtsp').record.dedupRadius).toBe(0)
  })

  test('the gap between key frames stays when a change does not name it, and goes when it is taken away', async () => {
    await using dir = await createTempDir('sources')
    using store = openTestStore(join(dir.path, 'a.db'))
    const { id, keyFrameMs } = store.sources.upsertSource(camera, 'rtsp').record
    expect(keyFrameMs).toBeNull()
    const keep = (given: { keyFrameMs?: number | null | undefined }) =>
      store.sources.upsertSource({ ...camera, id, ...given }, 'rtsp').record.keyFrameMs
    expect([
      keep({ keyFrameMs: 500 }),
      keep({}),
      keep({ keyFrameMs: undefined }),
      keep({ keyFrameMs: 0 }),
    ]).toEqual([500, 500, 500, 0])
    expect([keep({}), keep({ keyFrameMs: null }), keep({})]).toEqual([0, null, null])
  })

  test('a removed source is gone here and tombstoned for the centre; removing it again is no change', async () => {
    await using dir = await createTempDir('sources')
    using store = openTestStore(join(dir.path, 'a.db'))
    const { id } = store.sources.upsertSource(camera, 'rtsp').record
    expect([store.sources.removeSource(id), store.sources.removeSource(id)]).toEqual([true, false])
    expect([store.sources.sources(), store.sources.source(id)]).toEqual([[], null])
    store.sources.setSourceState(id, 'failed', 'late news')
    const kinds = store.db.prepare<[], { kind: string }>('SELECT kind FROM outbox ORDER BY seq').all()
    expect(kinds.map(({ kind }) => kind)).toEqual(['source', 'tombstone'])
  })

  test('who listens hears of changes by people, not of states', async () => {
    await using dir = await createTempDir('sources')
    using store = openTestStore(join(dir.path, 'a.db'))
    const heard: string[] = []
    const stopListening = store.sources.onSourceChanged((id) => heard.push(id))
    const { id } = store.sources.upsertSource(camera, 'rtsp').record
    store.sources.setSourceState(id, 'running', '')
    store.sources.removeSource(id)
    stopListening()
    store.sources.upsertSource(camera, 'rtsp')
    expect(heard).toEqual([id, id])
  })

  test('a change of something unknown is refused', async () => {
    await using dir = await createTempDir('sources')
    using store = openTestStore(join(dir.path, 'a.db'))
    const id = '0193b8d0-0000-7000-8000-000000000001'
    expect(() => store.sources.upsertSource({ ...camera, id }, 'rtsp')).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    )
    expect(store.outbox.position().maxSeq).toBe(0)
  })
})
