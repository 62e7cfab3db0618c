import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import { createTempDir, type TempDir } from '@sam3-fleet/test-kit/temp-dir'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import {
  createScriptedPipeline,
  type ScriptedPipeline,
  type ScriptedRun,
} from '../pipeline/testing/scripted-pipeline.ts'
import { openTestStore, type TestStore } from '../store/testing/test-store.ts'
import { createJobRunner, type JobRunner } from './job-runner.ts'

let dir: TempDir
let store: TestStore
let clock: FakeClock
let pipeline: ScriptedPipeline
let runner: JobRunner
let stop: AbortController
let running: Promise<void>

beforeEach(async () => {
  dir = await createTempDir('jobs')
  store = openTestStore(join(dir.path, 'device.db'))
  clock = new FakeClock()
  pipeline = createScriptedPipeline()
  start()
})

afterEach(async () => {
  stop.abort()
  await running
  store[Symbol.dispose]()
  await dir[Symbol.asyncDispose]()
})

function start(): void {
  stop = new AbortController()
  runner = createJobRunner({ store: store.jobs, pipeline, clock })
  running = runner.run(stop.signal)
}

function queue(fileName: string): string {
  return store.jobs.createJob({
    fileName,
    path: `/uploads/${fileName}`,
    sha256: 'a'.repeat(64),
    textPrompt: null,
    interpretation: null,
    confidenceThreshold: 0.5,
    recordedAtMs: null,
    idempotencyKey: null,
  }).job.id
}

const run = (n: number): Promise<ScriptedRun> => waitUntil(`run ${n}`, () => pipeline.runs[n])
const statusOf = (id: string) => store.jobs.job(id)?.status

describe('jobs', () => {
  test('are worked off one after the other in the order of their coming', async () => {
    const a = queue('a.mp4')
    const first = await run(0)
    const ids = [a, queue('b.mp4')]
    expect(first.request).toMatchObject({ uri: '/uploads/a.mp4', kind: 'file', confidenceThreshold: 0.5 })
    expect(ids.map(statusOf)).toEqual(['processing', 'queued'])
    first.progress(0.4)
    expect(store.jobs.job(a)?.progress).toBe(0.4)
    first.end()
    const second = await run(1)
    expect(second.request.uri).toBe('/uploads/b.mp4')
    expect(ids.map(statusOf)).toEqual(['completed', 'processing'])
  })

  test('that fail say code, message and what to do, and the next goes on', async () => {
    const bad = queue('bad.mp4')
    const first = await run(0)
    const good = queue('good.mp4')
    first.break(new FleetError('UNPROCESSABLE_MEDIA', 'it is cut short', { hint: 'Send it again.' }))
    ;(await run(1)).end()
    await waitUntil('the second to end', () => statusOf(good) === 'completed')
    expect(store.jobs.job(bad)).toMatchObject({
      status: 'failed',
      error: { code: 'UNPROCESSABLE_MEDIA', message: 'it is cut short', hint: 'Send it again.' },
    })
  })

  test('can be cancelled while they run and while they wait', async () => {
    const now = queue('a.mp4')
    const { signal } = await run(0)
    const later = queue('b.mp4')
    expect((await runner.cancel(later)).status).toBe('cancelled')
    expect((await runner.cancel(now)).status).toBe('cancelled')
    expect(signal.aborted).toBe(true)
    expect(pipeline.abandoned).toEqual([later, now].map((id) => ({ videoId: store.jobs.job(id)?.videoId })))
    await expect(runner.cancel(now)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(runner.cancel('01890a5d-ac96-774b-bcce-b302099a8057')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(pipeline.runs).toHaveLength(1)
  })

  test('go on after a restart with the same video', async () => {
    const id = queue('a.mp4')
    const before = await run(0)
    stop.abort()
    await running
    expect(statusOf(id)).toBe('processing')
    expect(before.pause?.aborted).toBe(true)
    expect(pipeline.abandoned).toEqual([])
    start()
    const after = await run(1)
    expect(after.request.video.id).toBe(before.request.video.id)
    after.end()
    await waitUntil('it to end', () => statusOf(id) === 'completed')
  })
})
