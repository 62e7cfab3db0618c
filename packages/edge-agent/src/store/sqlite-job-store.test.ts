import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import type { NewJob } from './job-store.ts'
import { openTestStore } from './testing/test-store.ts'

const upload = (part: Partial<NewJob> = {}): NewJob => ({
  fileName: 'gate.mp4',
  path: '/uploads/1',
  sha256: 'a'.repeat(64),
  textPrompt: 'red car',
  interpretation: { prompt: 'red car', labels: [], colours: ['red'], ignored: [], summary: '' },
  confidenceThreshold: 0.4,
  recordedAtMs: null,
  idempotencyKey: null,
  ...part,
})

describe('job store in SQLite', () => {
  test('jobs are taken in their order, each once, and end as they ended', async () => {
    await using dir = await createTempDir('jobs')
    using store = openTestStore(join(dir.path, 'a.db'))
    const ids = ['a.mp4', 'b.mp4'].map((fileName) => store.jobs.createJob(upload({ fileName })).job.id)
    const first = store.jobs.takeJob()
    expect(first?.job).toMatchObject({ id: ids[0], status: 'processing', textPrompt: 'red car' })
    expect(first?.video).toMatchObject({ path: '/uploads/1', timeOrigin: 'ingest', framesDone: 0 })
    store.jobs.setProgress(first?.job.id ?? '', 0.5)
    store.jobs.finishJob(first?.job.id ?? '', { status: 'completed' })
    const second = store.jobs.takeJob()
    expect(second?.job.id).toBe(ids[1])
    const error = { code: 'UNPROCESSABLE_MEDIA', message: 'm', hint: 'h' }
    store.jobs.finishJob(second?.job.id ?? '', { status: 'failed', error })
    expect(store.jobs.takeJob()).toBeNull()
    expect(store.jobs.job(ids[0] ?? '')).toMatchObject({ status: 'completed', progress: 1, error: null })
    expect(store.jobs.job(ids[1] ?? '')).toMatchObject({ status: 'failed', error })
  })

  test('what a dead process was working on comes first in the next life', async () => {
    await using dir = await createTempDir('jobs')
    const path = join(dir.path, 'a.db')
    let left = ''
    {
      using store = openTestStore(path)
      store.jobs.createJob(upload())
      left = store.jobs.takeJob()?.job.id ?? 'none'
      store.jobs.createJob(upload({ fileName: 'b.mp4' }))
      store.jobs.setProgress(left, 0.25)
    }
    using store = openTestStore(path)
    expect(store.jobs.takeJob()?.job).toMatchObject({ id: left, progress: 0.25 })
  })

  test('progress never goes back and does not move a job that has ended', async () => {
    await using dir = await createTempDir('jobs')
    using store = openTestStore(join(dir.path, 'a.db'))
    const { id } = store.jobs.createJob(upload()).job
    store.jobs.takeJob()
    for (const progress of [0.5, 0.25]) store.jobs.setProgress(id, progress)
    expect(store.jobs.job(id)?.progress).toBe(0.5)
    store.jobs.finishJob(id, { status: 'cancelled' })
    store.jobs.setProgress(id, 0.75)
    expect(store.jobs.job(id)).toMatchObject({ status: 'cancelled', progress: 0.5 })
  })

  test('the same key is the same job; no key is always a new one', async () => {
    await using dir = await createTempDir('jobs')
    using store = openTestStore(join(dir.path, 'a.db'))
    const first = store.jobs.createJob(upload({ idempotencyKey: 'k' }))
    const again = store.jobs.createJob(upload({ idempotencyKey: 'k', path: '/uploads/2' }))
    expect([first.created, again.created, again.job.id]).toEqual([true, false, first.job.id])
    expect(store.jobs.createJob(upload()).job.id).not.toBe(store.jobs.createJob(upload()).job.id)
  })

  test('an upload is a source that the centre hears of, but none that people manage', async () => {
    await using dir = await createTempDir('jobs')
    using store = openTestStore(join(dir.path, 'a.db'))
    const { job } = store.jobs.createJob(upload({ recordedAtMs: 1_600_000_000_000 }))
    expect(store.sources.sources()).toEqual([])
    expect(store.outbox.position().maxSeq).toBe(1)
    expect(store.videos.video(job.videoId)).toMatchObject({
      sourceId: job.sourceId,
      timeOrigin: 'recorded_at',
      originMs: 1_600_000_000_000,
    })
  })

  test('who waits for work is woken when a job is queued', async () => {
    await using dir = await createTempDir('jobs')
    using store = openTestStore(join(dir.path, 'a.db'))
    const woken = new Promise<void>((resolve) => store.jobs.onJobQueued(resolve))
    store.jobs.createJob(upload())
    await woken
    expect(store.jobs.takeJob()).not.toBeNull()
  })
})
