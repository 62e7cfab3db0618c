// Lets frames through at a part of their rate: a live stream loses frames evenly, a file waits between them and keeps all.
import type { Clock } from '@sam3-fleet/shared/time/clock'

export interface PaceOptions {
  /** 0..1, asked for with each frame. */
  factor: () => number
  isLive: boolean
  clock: Clock
  signal: AbortSignal
  /** Hears of each frame of a live stream that is passed over. */
  onSkipped: () => void
}

/** Milliseconds that a file waits after one frame at most: one slow look must not become a pause of minutes. */
const WAIT_MAX_MS = 10_000

export async function* paced<Frame>(
  frames: AsyncIterable<Frame>,
  { factor, isLive, clock, signal, onSkipped }: PaceOptions,
): AsyncGenerator<Frame, void, void> {
  let due = 1
  let handedOverMs: number | null = null
  for await (const frame of frames) {
    const part = factor()
    if (isLive) {
      due += part
      if (due < 1) {
        onSkipped()
        continue
      }
      due = Math.min(due - 1, 1)
    } else if (part < 1 && handedOverMs !== null) {
      const busyMs = clock.monotonicMs() - handedOverMs
      await clock.sleep(Math.min(WAIT_MAX_MS, busyMs * (1 / part - 1)), signal)
    }
    handedOverMs = clock.monotonicMs()
    yield frame
  }
}
