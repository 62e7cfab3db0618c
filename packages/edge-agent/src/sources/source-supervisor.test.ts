import { randomUUID } from 'node:crypto'
import { appendFile, copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { SourceInput } from '@sam3-fleet/shared/protocol/command'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { createTempDir, type TempDir } from '@sam3-fleet/test-kit/temp-dir'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import {
  createScriptedPipeline,
  type ScriptedPipeline,
  type ScriptedRun,
} from '../pipeline/testing/scripted-pipeline.ts'
import { openTestStore, type TestStore } from '../store/testing/test-store.ts'
import { createSourceSupervisor } from './source-supervisor.ts'
import { parseSourceUri } from './source-uri.ts'

const STREAM = 'rtsp://viewer:hunter2@127.0.0.1:9/door'

let dir: TempDir
let store: TestStore
let clock: FakeClock
let pipeline: ScriptedPipeline
let stop: AbortController
let running: Promise<void>

beforeEach(async () => {
  dir = await createTempDir('supervisor')
  store = openTestStore(join(dir.path, 'device.db'))
  clock = new FakeClock()
  // The real pipeline marks a video as finished with its last commit.
  pipeline = createScriptedPipeline(({ video }) =>
    store.pipeline.commit({
      videoId: video.id,
      sourceId: video.sourceId,
      detections: [],
      tracks: [],
      sightings: [],
      framesDone: 1,
      finished: true,
      checkpoint: null,
    }),
  )
  stop = new AbortController()
})

afterEach(async () => {
  stop.abort()
  await running
  store[Symbol.dispose]()
  await dir[Symbol.asyncDispose]()
})

function supervise(): void {
  const supervisor = createSourceSupervisor({
    store: store.sources,
    videos: store.videos,
    pipeline,
    interpreter: {
      interpret: (prompt) =>
        Promise.resolve<Interpretation>({
          prompt,
          labels: prompt === 'zeppelin' ? [] : [{ label: 'car', similarity: 1 }],
          colours: [],
          ignored: [],
          summary: '',
        }),
    },
    labels: ['car'],
    newId: randomUUID,
    clock,
    random: () => 1,
  })
  running = supervisor.run(stop.signal)
}

function add(uri: string, part: Partial<SourceInput> = {}): string {
  const input = { name: 'door', uri, prompts: [], detectFps: 5, enabled: true, ...part }
  return store.sources.upsertSource(input, parseSourceUri(uri).kind).record.id
}

const stateOf = (id: string) => store.sources.source(id)?.record
const run = (n: number): Promise<ScriptedRun> => waitUntil(`run ${n}`, () => pipeline.runs[n])
const videos = (): number => (store.db.prepare('SELECT count(*) AS n FROM videos').get() as { n: number }).n

describe('a live source', () => {
  test('runs, and comes back within a second after it broke, as a new video', async () => {
    const id = add(STREAM)
    supervise()
    const first = await run(0)
    expect(stateOf(id)?.state).toBe('connecting')
    first.progress(null)
    expect(stateOf(id)?.state).toBe('running')
    first.break(new FleetError('SOURCE_UNAVAILABLE', 'the stream ended'))
    await waitUntil('the break to be told', () => stateOf(id)?.state === 'reconnecting')
    expect(stateOf(id)?.stateDetail).toContain('the stream ended')
    await waitUntil('the supervisor to wait', () => clock.sleeping > 0)
    await clock.advance(1_000)
    const second = await run(1)
    second.progress(null)
    expect(stateOf(id)?.state).toBe('running')
    expect(second.request.video.id).not.toBe(first.request.video.id)
  })

  test('that stays away makes neither videos nor versions, and is tried twice a minute', async () => {
    const id = add(STREAM)
    supervise()
    for (let n = 0; n < 8; n++) {
      ;(await run(n)).break(new FleetError('SOURCE_UNAVAILABLE', 'no route to host'))
      await waitUntil('the supervisor to wait', () => clock.sleeping > 0)
      await clock.advance(30_000)
    }
    await run(8)
    expect(videos()).toBe(1)
    // Added, connecting, reconnecting.
    expect(stateOf(id)?.version).toBe(3)
  })

  test('is reached by its judged address and never shows its password', async () => {
    const id = add('rtsp://viewer:hunter2@localhost:9/door')
    supervise()
    expect((await run(0)).request.uri).toMatch(/^rtsp:\/\/viewer:hunter2@(127\.0\.0\.1|\[::1\]):9\/door$/)
    expect(JSON.stringify(stateOf(id))).not.toContain('hunter2')
  })

  test('at a forbidden address fails for good and says why', async () => {
    const id = add('rtsp://169.254.169.254/latest')
    supervise()
    await waitUntil('it to fail', () => stateOf(id)?.state === 'failed')
    expect(stateOf(id)?.stateDetail).toContain('where no camera may be')
    expect(pipeline.runs).toHaveLength(0)
  })

  test('with a prompt that the pack cannot see fails and says what it can', async () => {
    const id = add(STREAM, { prompts: ['zeppelin'] })
    supervise()
    await waitUntil('it to fail', () => stateOf(id)?.state === 'failed')
    expect(stateOf(id)?.stateDetail).toContain('It can see: car')
  })
})

describe('one source', () => {
  test('never stops another', async () => {
    const bad = add(STREAM, { name: 'bad' })
    const good = add(STREAM, { name: 'good' })
    supervise()
    await run(1)
    const byName = (name: string) => pipeline.runs.find(({ request }) => request.sourceName === name)
    byName('good')?.progress(null)
    byName('bad')?.break(new Error('a fault of this program'))
    await waitUntil('the bad one to break', () => stateOf(bad)?.state === 'reconnecting')
    expect(stateOf(good)?.state).toBe('running')
    expect(byName('good')?.signal.aborted).toBe(false)
  })

  test('follows what a person changes at once', async () => {
    const id = add(STREAM)
    supervise()
    const first = await run(0)
    store.sources.upsertSource(
      { id, name: 'door', uri: STREAM, prompts: [], detectFps: 2, enabled: true },
      'rtsp',
    )
    const second = await run(1)
    expect(first.signal.aborted).toBe(true)
    expect([second.request.detectFps, second.request.dedupRadius]).toEqual([2, 1])
    store.sources.upsertSource(
      { id, name: 'door', uri: STREAM, prompts: [], detectFps: 2, dedupRadius: 0.5, enabled: true },
      'rtsp',
    )
    const reaching = await run(2)
    expect([second.signal.aborted, reaching.request.dedupRadius]).toEqual([true, 0.5])
    store.sources.upsertSource(
      { id, name: 'door', uri: STREAM, prompts: [], detectFps: 2, enabled: false },
      'rtsp',
    )
    await waitUntil('it to rest', () => stateOf(id)?.state === 'disabled')
    expect(reaching.signal.aborted).toBe(true)
    expect(pipeline.abandoned.at(-1)).toEqual({ sourceId: id })
    const other = add(STREAM, { name: 'gate' })
    const last = await run(3)
    store.sources.removeSource(other)
    await waitUntil('it to stop', () => last.signal.aborted)
  })
})

describe('a file', () => {
  test('is worked through once and not again after a restart', async () => {
    const id = add(clipPath('carphone_pristine.mp4'))
    supervise()
    ;(await run(0)).end()
    await waitUntil('it to finish', () => stateOf(id)?.state === 'finished')
    stop.abort()
    await running
    const before = stateOf(id)?.version ?? 0
    stop = new AbortController()
    supervise()
    // Connecting, finished: two changes after the restart.
    await waitUntil('it to be looked at', () => stateOf(id)?.version === before + 2)
    expect(stateOf(id)?.state).toBe('finished')
    expect(pipeline.runs).toHaveLength(1)
  })

  test('goes on with its own video after a restart', async () => {
    add(clipPath('carphone_pristine.mp4'))
    supervise()
    const first = await run(0)
    stop.abort()
    await running
    stop = new AbortController()
    supervise()
    expect((await run(1)).request.video.id).toBe(first.request.video.id)
    expect(first.pause?.aborted).toBe(true)
    expect(first.signal.reason).toBe(first.pause?.reason)
    expect(pipeline.abandoned).toEqual([])
  })

  test('of which another is there under the same name is given up', async () => {
    const path = join(dir.path, 'a.mp4')
    await copyFile(clipPath('carphone_pristine.mp4'), path)
    add(path)
    supervise()
    const first = await run(0)
    stop.abort()
    await running
    await appendFile(path, Buffer.alloc(16))
    stop = new AbortController()
    supervise()
    expect((await run(1)).request.video.id).not.toBe(first.request.video.id)
    expect(pipeline.abandoned).toEqual([{ videoId: first.request.video.id }])
  })

  test('that a person removes is not gone on with', async () => {
    const id = add(clipPath('carphone_pristine.mp4'))
    supervise()
    const first = await run(0)
    store.sources.removeSource(id)
    await waitUntil('it to be given up', () => pipeline.abandoned.length > 0)
    expect(first.signal.aborted).toBe(true)
    expect(first.pause?.aborted).toBe(false)
    expect(pipeline.abandoned).toEqual([{ sourceId: id }])
  })

  test('that cannot be decoded fails and says why', async () => {
    const id = add(clipPath('carphone_pristine.mp4'))
    supervise()
    ;(await run(0)).break(new FleetError('UNPROCESSABLE_MEDIA', 'the file cannot be decoded'))
    await waitUntil('it to fail', () => stateOf(id)?.state === 'failed')
    expect(stateOf(id)?.stateDetail).toContain('cannot be decoded')
  })
})

describe('a watched folder', () => {
  test('takes each whole video once, by its content, and passes over what is none or damaged', async () => {
    const clip = clipPath('carphone_pristine.mp4')
    await writeFile(join(dir.path, 'notes.txt'), 'not a video')
    await copyFile(clip, join(dir.path, 'a.mp4'))
    const id = add(`folder:${dir.path}`)
    supervise()
    const look = async (): Promise<void> => {
      await waitUntil('the next look', () => clock.sleeping > 0)
      await clock.advance(2_000)
    }
    await look()
    const first = await run(0)
    expect(first.request.uri).toBe(join(dir.path, 'a.mp4'))
    first.break(new FleetError('UNPROCESSABLE_MEDIA', 'it is cut short'))
    await waitUntil('it to be told', () => stateOf(id)?.stateDetail.includes('left out a.mp4'))

    // The copy grows into another file and is whole at last; a second copy of it is the same content.
    await appendFile(join(dir.path, 'a.mp4'), Buffer.alloc(16))
    await look()
    await look()
    ;(await run(1)).end()
    await copyFile(join(dir.path, 'a.mp4'), join(dir.path, 'b.mp4'))
    for (let n = 0; n < 4; n++) await look()
    expect(pipeline.runs).toHaveLength(2)
  })
})
