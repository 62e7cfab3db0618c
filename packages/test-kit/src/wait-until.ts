// Waits for something that another process does and that sends no event: polls a condition until a deadline.
// Returns the first truthy value; fails with what was waited for and the last error, never with a bare timeout.
import { systemClock, type Clock } from '@sam3-fleet/shared/time/clock'

/** Long enough for a service that starts on a slow machine busy with other tests; shorter than what ends a test. */
const DEADLINE_MS = 90_000
/** Short against every wait that matters, long against the cost of one look. */
const INTERVAL_MS = 25

export interface WaitOptions {
  deadlineMs?: number
  intervalMs?: number
  clock?: Clock
  signal?: AbortSignal
}

type Falsy = false | 0 | '' | null | undefined

/**
 * @param what ends the sentence "waited ... for", for example `the outbox to be empty`
 * @param condition asked again until truthy; what it throws counts as "not yet"
 */
export async function waitUntil<T>(
  what: string,
  condition: () => T | Falsy | Promise<T | Falsy>,
  options: WaitOptions = {},
): Promise<T> {
  const clock = options.clock ?? systemClock
  const deadlineMs = options.deadlineMs ?? DEADLINE_MS
  const startedMs = clock.monotonicMs()
  let lastError: unknown
  for (;;) {
    try {
      const value = await condition()
      if (value) return value
      lastError = undefined
    } catch (error) {
      lastError = error
    }
    if (clock.monotonicMs() - startedMs >= deadlineMs) {
      const reason = lastError instanceof Error ? `; last error: ${lastError.message}` : ''
      throw new Error(`waited ${deadlineMs} ms for ${what}${reason}`, { cause: lastError })
    }
    await clock.sleep(options.intervalMs ?? INTERVAL_MS, options.signal)
  }
}
