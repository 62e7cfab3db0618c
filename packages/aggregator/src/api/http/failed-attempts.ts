// Wrong tokens per address: after a few, further attempts wait, right or wrong.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Clock } from '@sam3-fleet/shared/time/clock'

/** Wrong tokens within the window before an address waits; a person mistypes fewer. */
const FAILURES_MAX = 10
/** Milliseconds of the window, and thus the longest wait. */
const WINDOW_MS = 60_000
/** Addresses remembered; the oldest is forgotten first. */
const ADDRESSES_MAX = 10_000

export interface FailedAttempts {
  /** @throws FleetError TOO_MANY_REQUESTS while the address must wait. */
  check(address: string): void
  failed(address: string): void
}

export function createFailedAttempts(clock: Clock): FailedAttempts {
  const failures = new Map<string, number[]>()
  const recent = (address: string): number[] =>
    (failures.get(address) ?? []).filter((atMs) => clock.monotonicMs() - atMs < WINDOW_MS)

  return {
    check(address) {
      if (recent(address).length >= FAILURES_MAX)
        throw new FleetError('TOO_MANY_REQUESTS', 'too many wrong tokens came from this address', {
          hint: 'Wait a minute, then try again with a valid token.',
        })
    },
    failed(address) {
      const times = [...recent(address), clock.monotonicMs()]
      failures.delete(address)
      failures.set(address, times)
      const oldest = failures.keys().next().value
      if (failures.size > ADDRESSES_MAX && oldest !== undefined) failures.delete(oldest)
    },
  }
}
