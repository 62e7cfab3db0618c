// Sync of a device that is not enrolled yet: it works alone, and joins its fleet when the centre answers. A refused
// token will not get better by itself: it is told and not tried again.
import type { Logger } from 'pino'
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { fullJitterMs } from '@sam3-fleet/shared/time/backoff'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Random } from '@sam3-fleet/shared/time/random'
import type { SyncClient } from './sync-client.ts'

const RETRY = { baseMs: 2_000, capMs: 60_000 }
/** Characters of a reason that a status carries. */
const REASON_MAX = 300

export interface LateSyncOptions {
  /** Enrols and makes the real client. @throws FleetError UNAVAILABLE when it is worth trying again. */
  open: () => Promise<SyncClient>
  /** What is said until then. */
  idle: SyncClient
  clock: Clock
  random: Random
  log: Pick<Logger, 'warn' | 'error'>
}

export function createLateSync({ open, idle, clock, random, log }: LateSyncOptions): SyncClient {
  let client: SyncClient | null = null
  let reason = 'this device is not enrolled yet'

  async function join(signal: AbortSignal): Promise<SyncClient | null> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        return await open()
      } catch (thrown) {
        const error = toFleetError(thrown)
        reason = error.message.slice(0, REASON_MAX)
        if (error.code !== 'UNAVAILABLE') {
          log.error({ err: error }, 'this device cannot join its fleet; it works alone')
          return null
        }
        log.warn({ reason }, 'the centre does not answer yet; this device works alone until it does')
      }
      await clock.sleep(fullJitterMs(attempt, RETRY, random), signal).catch(() => undefined)
    }
    return null
  }

  return {
    get connected() {
      return client?.connected ?? false
    },
    counters: () => client?.counters() ?? { ...idle.counters(), lastError: reason },
    async run(signal) {
      client = await join(signal)
      if (client && !signal.aborted) await client.run(signal)
    },
  }
}
