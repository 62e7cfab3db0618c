// A read that many callers share for a short while: one query answers all who ask within its time to live.
import type { Clock } from '@sam3-fleet/shared/time/clock'

/** Keys remembered at once; keys are tenants, of which a centre has few. */
const KEYS_MAX = 256

export function createCachedRead<T>(
  clock: Clock,
  ttlMs: number,
  read: (key: string) => Promise<T>,
): (key: string) => Promise<T> {
  const entries = new Map<string, { atMs: number; value: Promise<T> }>()
  return (key) => {
    const now = clock.monotonicMs()
    const known = entries.get(key)
    if (known && now - known.atMs < ttlMs) return known.value
    const value = read(key)
    entries.delete(key)
    entries.set(key, { atMs: now, value })
    // A failure is not remembered: the next caller asks again.
    value.catch(() => {
      if (entries.get(key)?.value === value) entries.delete(key)
    })
    const oldest = entries.keys().next().value
    if (entries.size > KEYS_MAX && oldest !== undefined) entries.delete(oldest)
    return value
  }
}
