// Runs one source for as long as it is enabled: opens, works, and comes back with growing pauses when it breaks. Knows
// nothing of other sources, so that a bad one stops only itself.
import type { ErrorCode } from '@sam3-fleet/shared/errors/codes'
import { type FleetError, toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { SourceState } from '@sam3-fleet/shared/domain/source'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { PipelineProgress } from '../pipeline/pipeline.ts'

/** First retry within a second, later ones up to half a minute, drawn at random so that cameras do not come back as one. */
const RETRY_BASE_MS = 1_000
const RETRY_CAP_MS = 30_000
/** Milliseconds of work after which a source counts as well again. */
const STABLE_AFTER_MS = 30_000
/** Milliseconds between two notes on how far a file is. */
const NOTE_INTERVAL_MS = 2_000

export interface SourceWorkerOptions {
  isLive: boolean
  /** One opening and working through; resolves at the end of a file or folder scan, throws when it breaks. */
  work: (signal: AbortSignal, onProgress: (progress: PipelineProgress) => void) => Promise<void>
  setState: (state: SourceState, detail: string) => void
  onReconnected: (elapsedMs: number) => void
  clock: Clock
  random: () => number
}

/** Resolves when the source is at its end, has failed for good, or `signal` fires. */
export async function runSource(options: SourceWorkerOptions, signal: AbortSignal): Promise<void> {
  const { clock } = options
  let brokenSinceMs: number | null = null
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    // While it is tried again the reason stays as it is: a camera that is off for weeks is one change, not thousands.
    if (brokenSinceMs === null) options.setState('connecting', '')
    const startedMs = clock.monotonicMs()
    let isRunning = false
    let notedMs = -Infinity
    const onProgress = (progress: PipelineProgress): void => {
      const nowMs = clock.monotonicMs()
      if (brokenSinceMs !== null) options.onReconnected(nowMs - brokenSinceMs)
      brokenSinceMs = null
      if (isRunning && nowMs - notedMs < NOTE_INTERVAL_MS) return
      if (options.isLive && isRunning) return
      isRunning = true
      notedMs = nowMs
      options.setState(
        'running',
        progress.progress === null ? 'live' : `${Math.floor(progress.progress * 100)} %`,
      )
    }
    try {
      await options.work(signal, onProgress)
      options.setState('finished', 'worked through')
      return
    } catch (thrown) {
      if (signal.aborted) return
      const error = toFleetError(thrown)
      if (isFinal(error, options.isLive)) {
        options.setState('failed', `${error.message}. ${error.hint}`.slice(0, 400))
        return
      }
      brokenSinceMs ??= clock.monotonicMs()
      if (clock.monotonicMs() - startedMs > STABLE_AFTER_MS) attempt = 0
      options.setState('reconnecting', error.message.slice(0, 400))
    }
    const ceilingMs = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** Math.min(attempt, 10))
    await clock.sleep(Math.round(options.random() * ceilingMs), signal).catch(() => undefined)
  }
}

/** What only a person can mend: the configuration, whatever the source is. */
const CONFIGURATION_FAULTS: readonly ErrorCode[] = ['INVALID_INPUT', 'PROMPT_NOT_SUPPORTED', 'FORBIDDEN']
/** A file that cannot be decoded will not get better; a stream always may. */
const FILE_FAULTS: readonly ErrorCode[] = ['UNPROCESSABLE_MEDIA', 'UNSUPPORTED_MEDIA', 'SOURCE_UNAVAILABLE']

function isFinal({ code }: FleetError, isLive: boolean): boolean {
  return CONFIGURATION_FAULTS.includes(code) || (!isLive && FILE_FAULTS.includes(code))
}
