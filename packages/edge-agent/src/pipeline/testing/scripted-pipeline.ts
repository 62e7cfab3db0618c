// A pipeline for tests of those who use one: each run waits until the test says how it goes on.
import type { Pipeline, PipelineProgress, PipelineRequest } from '../pipeline.ts'

export interface ScriptedRun {
  request: PipelineRequest
  signal: AbortSignal
  pause: AbortSignal | undefined
  /** A frame was worked on. */
  progress(progress: number | null): void
  /** The recording came to its end. */
  end(): void
  break(error: Error): void
}

export interface ScriptedPipeline extends Pipeline {
  /** Every run that was begun, oldest first. */
  readonly runs: ScriptedRun[]
  /** What was given up, oldest first. */
  readonly abandoned: Parameters<Pipeline['abandon']>[0][]
}

export function createScriptedPipeline(
  onEnd: (request: PipelineRequest) => void = () => undefined,
): ScriptedPipeline {
  const runs: ScriptedRun[] = []
  const abandoned: ScriptedPipeline['abandoned'] = []
  return {
    runs,
    abandoned,
    abandon: (of) => void abandoned.push(of),
    run(request, { signal, pause, onProgress }) {
      const done: PipelineProgress = { framesDone: 0, progress: null, detections: 0, sightings: 0 }
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
        runs.push({
          request,
          signal,
          pause,
          progress(progress) {
            done.framesDone += 1
            done.progress = progress
            onProgress?.({ ...done })
          },
          end() {
            onEnd(request)
            resolve({ ...done })
          },
          break: reject,
        })
      })
    },
    rates: () => ({ framesPerS: 0, detectMsP50: 0, framesDropped: 0 }),
    lastFrame: () => Promise.resolve(null),
  }
}
