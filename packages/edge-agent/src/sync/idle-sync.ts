// Sync of a device that belongs to no fleet: everything stays in the outbox until a broker is named.
import type { Outbox } from '../store/outbox.ts'
import type { SyncClient } from './sync-client.ts'

export function createIdleSync(outbox: Outbox): SyncClient {
  return {
    connected: false,
    counters() {
      const backlog = outbox.backlog()
      return {
        maxSeq: outbox.position().maxSeq,
        ackedHwm: outbox.position().lastAck?.hwm ?? 0,
        backlogEntries: backlog.entries,
        backlogBytes: backlog.bytes,
        inFlightBatches: 0,
        sentEntries: 0,
        sentBytes: 0,
        resentBatches: 0,
        reconnects: 0,
        heldBytes: backlog.heldBytes,
        lastError: 'no broker is set (FLEET_MQTT_URL)',
        oldestUnackedMs: backlog.oldestMs,
      }
    },
    run: () => Promise.resolve(),
  }
}
