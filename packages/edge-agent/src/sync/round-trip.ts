// How long an answer takes, smoothed as TCP does (RFC 6298), so that a slow link is not taken for a lost batch.

/** Never resend sooner than this, in milliseconds (rule A5). */
const TIMEOUT_FLOOR_MS = 5_000
const TIMEOUT_CAP_MS = 120_000
const GAIN = 1 / 8

export interface RoundTrip {
  /** Only of batches that were sent once (Karn's rule). */
  observe(elapsedMs: number): void
  /** Milliseconds to wait for the ack of a batch that was sent `attempts` times. */
  timeoutMs(attempts: number): number
}

export function createRoundTrip(): RoundTrip {
  let smoothedMs: number | null = null
  return {
    observe(elapsedMs) {
      smoothedMs = smoothedMs === null ? elapsedMs : smoothedMs + GAIN * (elapsedMs - smoothedMs)
    },
    timeoutMs(attempts) {
      const base = Math.max(3 * (smoothedMs ?? 0), TIMEOUT_FLOOR_MS)
      return Math.min(TIMEOUT_CAP_MS, base * 2 ** Math.min(attempts - 1, 6))
    },
  }
}
