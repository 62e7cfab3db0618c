import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { openTestStore } from '../store/testing/test-store.ts'
import { createUploadSweeper } from './upload-sweeper.ts'

test('files go with the end of their job; strays go at the start; what is needed or arriving stays', async () => {
  await using dir = await createTempDir('uploads')
  await using files = await createTempDir('files')
  using store = openTestStore(join(dir.path, 'a.db'))
  const add = async (name: string): Promise<string> => {
    const path = join(files.path, name)
    await writeFile(path, name)
    return path
  }
  const queue = (path: string): string =>
    store.jobs.createJob({
      fileName: 'a.mp4',
      path,
      sha256: 'a'.repeat(64),
      textPrompt: null,
      interpretation: null,
      confidenceThreshold: 0.4,
      recordedAtMs: null,
      idempotencyKey: null,
    }).job.id
  const [ended] = [queue(await add('ended')), queue(await add('needed'))]
  await add('stray')
  const clock = new FakeClock()
  const sweeper = createUploadSweeper({ dir: files.path, jobs: store.jobs, clock })

  await sweeper.removeStrays()
  expect((await readdir(files.path)).toSorted()).toEqual(['ended', 'needed'])

  await add('arriving')
  store.jobs.finishJob(ended, { status: 'completed' })
  const stop = new AbortController()
  const running = sweeper.run(stop.signal)
  await waitUntil('the sweeper to rest', () => clock.sleeping === 1)
  expect((await readdir(files.path)).toSorted()).toEqual(['arriving', 'needed'])
  expect(store.jobs.endedUploads()).toEqual([])
  stop.abort(new Error('over'))
  await running
})
