// Uploads live as long as a job needs them: what jobs that ended have left is removed, and at the start also what a
// dead process left behind without a job.
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { JobStore } from '../store/job-store.ts'

const LOOK_INTERVAL_MS = 2_000

export interface UploadSweeper {
  /** Call before uploads can arrive: later a file without a job may be one that is just coming in. */
  removeStrays(): Promise<void>
  run(signal: AbortSignal): Promise<void>
}

export function createUploadSweeper(options: {
  dir: string
  jobs: Pick<JobStore, 'endedUploads' | 'neededUploads' | 'forgetUpload'>
  clock: Clock
}): UploadSweeper {
  const { dir, jobs, clock } = options

  async function removeEnded(): Promise<void> {
    for (const { videoId, path } of jobs.endedUploads()) {
      await rm(path, { force: true })
      jobs.forgetUpload(videoId)
    }
  }

  return {
    async removeStrays() {
      const needed = new Set(jobs.neededUploads())
      const names = await readdir(dir).catch(() => [])
      const strays = names.map((name) => join(dir, name)).filter((path) => !needed.has(path))
      await Promise.all(strays.map((path) => rm(path, { force: true, recursive: true })))
    },
    async run(signal) {
      while (!signal.aborted) {
        await removeEnded()
        await clock.sleep(LOOK_INTERVAL_MS, signal).catch(() => undefined)
      }
    },
  }
}
