// Token buckets by key: how much of a bounded allowance each key has left. Full again after a window without use; the
// key that was used longest ago is forgotten first, so that no flood of keys fills the memory.
import type { Clock } from '@sam3-fleet/shared/time/clock'

export interface TokenBucketOptions {
  clock: Pick<Clock, 'monotonicMs'>
  /** Tokens of a full bucket. */
  capacity: number
  /** Milliseconds in which an empty bucket fills, evenly. */
  windowMs: number
  keysMax: number
}

export interface TokenBuckets {
  /** Whether a token can be taken; a key that is not known has a full bucket. */
  has(key: string): boolean
  /** Takes one, or what is left of it: what was already under way may overdraw, and is not remembered. */
  take(key: string): void
  readonly size: number
}

export function createTokenBuckets({ clock, capacity, windowMs, keysMax }: TokenBucketOptions): TokenBuckets {
  const buckets = new Map<string, { tokens: number; atMs: number }>()

  function tokensOf(key: string): number {
    const bucket = buckets.get(key)
    if (!bucket) return capacity
    return Math.min(capacity, bucket.tokens + ((clock.monotonicMs() - bucket.atMs) * capacity) / windowMs)
  }

  return {
    has: (key) => tokensOf(key) >= 1,
    take(key) {
      const tokens = Math.max(0, tokensOf(key) - 1)
      buckets.delete(key)
      buckets.set(key, { tokens, atMs: clock.monotonicMs() })
      const oldest = buckets.keys().next().value
      if (buckets.size > keysMax && oldest !== undefined) buckets.delete(oldest)
    },
    get size() {
      return buckets.size
    },
  }
}
