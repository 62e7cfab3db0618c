// How many operations one caller may start: a bucket per caller that refills steadily. Counted per operation, so that
// a batch of ten counts ten. One caller's flood must not slow the others.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Principal } from '../principal.ts'

/** Operations per second and caller: a console that proxies several people stays far below. */
const REFILL_PER_S = 100
/** Operations at once: a page that loads everything it shows, a few times over. */
const BUCKET_SIZE = 300
/** Callers remembered; the least recently seen is forgotten first, and starts with a full bucket again. */
const CALLERS_MAX = 10_000

export interface OperationLimits {
  /** @throws FleetError TOO_MANY_REQUESTS when the caller's bucket is empty. */
  take(principal: Principal): void
}

export function createOperationLimits(
  clock: Clock,
  { refillPerS = REFILL_PER_S, bucketSize = BUCKET_SIZE }: { refillPerS?: number; bucketSize?: number } = {},
): OperationLimits {
  const buckets = new Map<string, { left: number; atMs: number }>()
  return {
    take({ tenantId, subject }) {
      const key = `${tenantId}/${subject}`
      const nowMs = clock.monotonicMs()
      const known = buckets.get(key) ?? { left: bucketSize, atMs: nowMs }
      const left = Math.min(bucketSize, known.left + ((nowMs - known.atMs) / 1000) * refillPerS)
      if (left < 1)
        throw new FleetError('TOO_MANY_REQUESTS', 'too many operations at once', {
          hint: `Ask less often: ${refillPerS} operations per second are served.`,
        })
      buckets.delete(key)
      buckets.set(key, { left: left - 1, atMs: nowMs })
      const oldest = buckets.keys().next().value
      if (buckets.size > CALLERS_MAX && oldest !== undefined) buckets.delete(oldest)
    },
  }
}
