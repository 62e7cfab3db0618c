// How long to wait before trying again: exponential with full jitter, so that a fleet does not return as one
// (AWS Architecture Blog, "Exponential Backoff and Jitter", 2015).

export interface BackoffBounds {
  baseMs: number
  capMs: number
}

/** Milliseconds before attempt `attempt` (0 is the first retry), drawn from 0..min(cap, base * 2^attempt). */
export function fullJitterMs(attempt: number, bounds: BackoffBounds, random: () => number): number {
  const ceiling = Math.min(bounds.capMs, bounds.baseMs * 2 ** Math.min(attempt, 30))
  return Math.round(random() * ceiling)
}
