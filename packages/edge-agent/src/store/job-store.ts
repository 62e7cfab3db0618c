// Contract: jobs and their way from queued to an end; progress survives a restart.
import type { Interpretation, JobRecord } from '@sam3-fleet/shared/domain/job'
import type { VideoRecord } from './video-store.ts'

export interface NewJob {
  fileName: string
  path: string
  sha256: string
  textPrompt: string | null
  interpretation: Interpretation | null
  confidenceThreshold: number
  /** Unix ms when the recording began, when the uploader said so. */
  recordedAtMs: number | null
  /** Same key, same job: the first one is answered. */
  idempotencyKey: string | null
}

export interface JobStore {
  createJob(job: NewJob): { job: JobRecord; created: boolean }
  job(id: string): JobRecord | null
  jobs(limit: number): JobRecord[]
  /** Oldest job that is queued, or was being processed when the process died; marks it as processing. */
  takeJob(): { job: JobRecord; video: VideoRecord } | null
  setProgress(id: string, progress: number): void
  finishJob(
    id: string,
    end: { status: 'completed' | 'cancelled' } | { status: 'failed'; error: NonNullable<JobRecord['error']> },
  ): void
  /** Files of jobs that have ended; each is named until it is forgotten. */
  endedUploads(): { videoId: string; path: string }[]
  /** Files that a queued or unfinished job needs. */
  neededUploads(): string[]
  forgetUpload(videoId: string): void
  /** Called when something was queued, so that a runner need not poll. Returns the way to stop listening. */
  onJobQueued(listener: () => void): () => void
}
