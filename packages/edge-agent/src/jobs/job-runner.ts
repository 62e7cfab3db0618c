// Works queued jobs through, one after the other; a job that a dead process left goes on where it was committed last.
import { toFleetError, must, FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { JobRecord } from '@sam3-fleet/shared/domain/job'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { JobStore } from '../store/job-store.ts'
import type { VideoRecord } from '../store/video-store.ts'

/** Frames a second that a job looks at. */
const JOB_DETECT_FPS = 5
/** Milliseconds between two notes of progress. */
const PROGRESS_INTERVAL_MS = 500

export interface JobRunner {
  run(signal: AbortSignal): Promise<void>
  /** @throws FleetError NOT_FOUND, CONFLICT when it has ended already. */
  cancel(id: string): Promise<JobRecord>
}

export interface JobRunnerDeps {
  store: JobStore
  pipeline: Pipeline
  clock: Clock
}

export function createJobRunner({ store, pipeline, clock }: JobRunnerDeps): JobRunner {
  let current: { id: string; stop: AbortController; done: Promise<void> } | null = null
  let wake: () => void = () => undefined

  async function work(
    job: JobRecord,
    video: VideoRecord,
    { signal, pause }: { signal: AbortSignal; pause: AbortSignal },
  ): Promise<void> {
    let notedMs = -Infinity
    const prompts =
      job.textPrompt !== null && job.interpretation
        ? [{ text: job.textPrompt, interpretation: job.interpretation }]
        : null
    await pipeline.run(
      {
        video,
        sourceName: job.fileName,
        uri: must(video.path, 'the path of an upload'),
        kind: 'file',
        detectFps: JOB_DETECT_FPS,

        motionGate: false,
        prompts,
        keep: 'matches',
        confidenceThreshold: job.confidenceThreshold,
      },
      {
        signal,
        pause,
        onProgress: ({ progress }) => {
          const nowMs = clock.monotonicMs()
          if (progress === null || nowMs - notedMs < PROGRESS_INTERVAL_MS) return
          notedMs = nowMs
          store.setProgress(job.id, progress)
        },
      },
    )
  }

  function giveUp(job: JobRecord): void {
    pipeline.abandon({ videoId: job.videoId })
    store.finishJob(job.id, { status: 'cancelled' })
  }

  async function finish(
    job: JobRecord,
    video: VideoRecord,
    stop: AbortController,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await work(job, video, { signal: AbortSignal.any([signal, stop.signal]), pause: signal })
      store.finishJob(job.id, { status: 'completed' })
    } catch (thrown) {
      if (stop.signal.aborted) giveUp(job)
      // The agent stops: the job stays `processing` and goes on at the next start.
      else if (!signal.aborted)
        store.finishJob(job.id, { status: 'failed', error: toFleetError(thrown).toBody().error })
    }
  }

  return {
    async run(signal) {
      const stopListening = store.onJobQueued(() => wake())
      signal.addEventListener('abort', () => wake(), { once: true })
      while (!signal.aborted) {
        const queued = new Promise<void>((resolve) => (wake = resolve))
        const taken = store.takeJob()
        if (!taken) {
          await queued
          continue
        }
        const stop = new AbortController()
        const done = finish(taken.job, taken.video, stop, signal)
        current = { id: taken.job.id, stop, done }
        await done
        current = null
      }
      stopListening()
    },

    async cancel(id) {
      const job = store.job(id)
      if (!job) throw new FleetError('NOT_FOUND', `there is no job ${id}`)
      if (current?.id === id) {
        current.stop.abort(new Error('cancelled by a person'))
        await current.done
      } else if (job.status === 'queued' || job.status === 'processing') giveUp(job)
      else throw new FleetError('CONFLICT', `the job has ended already: it is ${job.status}`)
      return must(store.job(id), `job ${id}`)
    },
  }
}
