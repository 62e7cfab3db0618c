// How fast the pipelines run, over the last seconds: for status, metrics and people.
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { PipelineRates } from './pipeline.ts'

/** Milliseconds that a rate looks back. */
const WINDOW_MS = 10_000
/** Frames of which the times are kept. */
const SAMPLES_MAX = 2_000

export interface RateMeter {
  onFrame(sourceId: string, inferenceMs: number): void
  onDropped(count: number): void
  rates(): PipelineRates
  /** Frames a second of one source. */
  sourceFps(sourceId: string): number
}

export function createRateMeter(clock: Pick<Clock, 'monotonicMs'>): RateMeter {
  let samples: { atMs: number; sourceId: string; inferenceMs: number }[] = []
  let dropped = 0
  const recent = (): typeof samples => {
    const sinceMs = clock.monotonicMs() - WINDOW_MS
    samples = samples.filter((sample) => sample.atMs >= sinceMs)
    return samples
  }
  const perSecond = (count: number): number => Math.round((count / (WINDOW_MS / 1_000)) * 100) / 100
  return {
    onFrame(sourceId, inferenceMs) {
      samples.push({ atMs: clock.monotonicMs(), sourceId, inferenceMs })
      if (samples.length > SAMPLES_MAX) samples = samples.slice(-SAMPLES_MAX / 2)
    },
    onDropped(count) {
      dropped += count
    },
    rates() {
      const times = recent()
        .map((sample) => sample.inferenceMs)
        .sort((a, b) => a - b)
      return {
        framesPerS: perSecond(times.length),
        detectMsP50: times[Math.floor(times.length / 2)] ?? 0,
        framesDropped: dropped,
      }
    },
    sourceFps: (sourceId) => perSecond(recent().filter((sample) => sample.sourceId === sourceId).length),
  }
}
