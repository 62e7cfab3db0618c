// The one way into the outbox: takes the next seq inside the caller's transaction, so that a thing and its entry
// are kept together or not at all. The row of `outbox_state` is made here for a database that has none yet.
import { randomUUID } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import { must } from '@sam3-fleet/shared/errors/fleet-error'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import { entryHashText } from '@sam3-fleet/shared/protocol/entry'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { EnqueueEntry } from './outbox.ts'

/** Bytes that an entry weighs in a batch besides its state: numbers, id, hash and quotes. */
const ENTRY_OVERHEAD_BYTES = 180

export interface EnqueueOptions {
  deviceId: string
  clock: Pick<Clock, 'nowMs'>
  /** Called inside the transaction; whoever listens must wait for the current call stack to end before reading. */
  onEnqueued?: (entry: { seq: number; bytes: number }) => void
}

interface StateRow {
  epoch: string
  next_seq: number
}

/** Makes the outbox's row with a fresh epoch when this database file has none (rule A2). */
export function ensureOutboxState(db: Database, deviceId: string, newEpoch: () => string = randomUUID): void {
  db.prepare(
    'INSERT INTO outbox_state (device_id, epoch, next_seq) SELECT ?, ?, 1 WHERE NOT EXISTS (SELECT 1 FROM outbox_state)',
  ).run(deviceId, newEpoch())
}

export function createEnqueueEntry(db: Database, options: EnqueueOptions): EnqueueEntry {
  ensureOutboxState(db, options.deviceId)
  const readState = db.prepare<[], StateRow>('SELECT epoch, next_seq FROM outbox_state')
  const advance = db.prepare('UPDATE outbox_state SET next_seq = next_seq + 1')
  const insert = db.prepare(
    `INSERT INTO outbox (device_id, epoch, seq, kind, id, version, hash, state, bytes, created_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )

  return ({ kind, id, version, state, payloadBytes }) => {
    const { epoch, next_seq: seq } = must(readState.get(), 'a row in outbox_state')
    const text = JSON.stringify(state)
    const hash = sha256Hex(entryHashText({ kind, id, version, state: text }))
    const bytes = Buffer.byteLength(text) + ENTRY_OVERHEAD_BYTES + payloadBytes
    insert.run(options.deviceId, epoch, seq, kind, id, version, hash, text, bytes, options.clock.nowMs())
    advance.run()
    options.onEnqueued?.({ seq, bytes })
    return seq
  }
}
