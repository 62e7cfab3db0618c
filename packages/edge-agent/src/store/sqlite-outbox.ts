// The outbox in SQLite: what stands where, what an ack settles, what may be deleted. Every change is one transaction;
// recording an ack and deleting are never the same one (reliability: purge order).
import { randomUUID } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import type { EmbeddingSpace } from '@sam3-fleet/shared/domain/embedding-space'
import { must } from '@sam3-fleet/shared/errors/fleet-error'
import type { Ack, Durability } from '@sam3-fleet/shared/protocol/ack'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { EnqueueEntry, Outbox, OutboxBacklog, OutboxPosition } from './outbox.ts'
import { createEnqueueEntry } from './sqlite-outbox-enqueue.ts'
import { createEpochMinter } from './sqlite-outbox-epoch.ts'
import { createOutboxReader } from './sqlite-outbox-reader.ts'

/** Rows deleted by one purge transaction; keeps the writer free for the stages. */
const PURGE_CHUNK_ROWS = 5_000
/** Rows whose bytes are summed to weigh a backlog. */
const WEIGH_SAMPLE_ROWS = 2_000
const ACKED: Record<Durability, number> = { process_safe: 1, power_safe: 2 }

export interface SqliteOutboxOptions {
  deviceId: string
  clock: Pick<Clock, 'nowMs'>
  redactUri: (uri: string) => string
  newEpoch?: () => string
}

interface StateRow {
  epoch: string
  next_seq: number
  purged_to: number
  ack_incarnation: string | null
  ack_hwm: number
  ack_hash: string | null
  ack_durability: Durability | null
}

export interface SqliteOutbox extends Outbox {
  /** For the stores that change synced things; call inside their transaction. */
  readonly enqueue: EnqueueEntry
}

export function createSqliteOutbox(db: Database, options: SqliteOutboxOptions): SqliteOutbox {
  const listeners = new Set<() => void>()
  let wakePending = false
  const wake = (): void => {
    if (wakePending) return
    wakePending = true
    // better-sqlite3 transactions are synchronous: when this runs, the transaction that enqueued has ended.
    queueMicrotask(() => {
      wakePending = false
      for (const listener of listeners) listener()
    })
  }
  const newEpoch = options.newEpoch ?? randomUUID
  const enqueue = createEnqueueEntry(db, {
    deviceId: options.deviceId,
    clock: options.clock,
    onEnqueued: wake,
  })
  const mint = createEpochMinter(db, {
    deviceId: options.deviceId,
    enqueue,
    newEpoch,
    redactUri: options.redactUri,
  })
  const state = db.prepare<[], StateRow>('SELECT * FROM outbox_state')
  const readState = (): StateRow => must(state.get(), 'a row in outbox_state')
  const statements = prepareStatements(db)

  const settle = db.transaction((ack: Ack, epoch: string): void => {
    const acked = ACKED[ack.durability]
    const rejected = JSON.stringify(ack.rejects.map((reject) => reject.seq))
    for (const [from, to] of [[1, ack.hwm] as const, ...ack.ranges]) {
      statements.vectorsKnown.run(ack.incarnation, epoch, from, to, rejected)
      statements.markAcked.run(acked, epoch, from, to, acked)
    }
    for (const hash of ack.needVectors) statements.vectorUnknown.run(hash)
    const hash = statements.hashOf.get(epoch, ack.hwm)?.hash ?? null
    statements.recordAck.run({ incarnation: ack.incarnation, hwm: ack.hwm, hash, durability: ack.durability })
  })

  const rewind = db.transaction(
    (
      epoch: string,
      hwm: number,
      ranges: readonly (readonly [number, number])[],
      incarnation: string,
    ): void => {
      statements.unsettle.run(epoch, hwm, JSON.stringify(ranges))
      statements.forgetVectors.run(incarnation)
      statements.rewindAck.run(incarnation, hwm, statements.hashOf.get(epoch, hwm)?.hash ?? null)
    },
  )

  return {
    enqueue,
    read: createOutboxReader(db),

    position(): OutboxPosition {
      const row = readState()
      const lastAck = row.ack_incarnation
        ? {
            incarnation: row.ack_incarnation,
            hwm: row.ack_hwm,
            hash: row.ack_hash,
            durability: row.ack_durability,
          }
        : null
      return { epoch: row.epoch, maxSeq: row.next_seq - 1, minSeq: row.purged_to + 1, lastAck }
    },

    backlog(): OutboxBacklog {
      const { epoch } = readState()
      const open = statements.unacked(epoch)
      const held = statements.held(epoch)
      return {
        entries: open.entries,
        bytes: open.bytes,
        oldestMs: open.oldest,
        heldEntries: held.entries,
        heldBytes: held.bytes,
      }
    },

    applyAck(ack) {
      const { epoch } = readState()
      if (ack.epoch === epoch) settle(ack, epoch)
    },

    applyWelcome(welcome) {
      const before = readState()
      if (welcome.epoch !== before.epoch || welcome.action !== 'resume') return
      const moved = before.ack_incarnation !== null && before.ack_incarnation !== welcome.incarnation
      if (!moved && welcome.hwm >= before.ack_hwm) return
      if (welcome.hwm < before.purged_to) {
        mint()
        wake()
        return
      }
      rewind(before.epoch, welcome.hwm, welcome.ranges as [number, number][], welcome.incarnation)
      wake()
    },

    mintEpoch() {
      mint()
      wake()
    },

    purge(holdMaxBytes) {
      const row = readState()
      const purgeTo = Math.min(row.ack_hwm, statements.lastOfPurge(row.epoch, holdMaxBytes))
      if (purgeTo <= row.purged_to) return 0
      const upTo = Math.min(purgeTo, row.purged_to + PURGE_CHUNK_ROWS)
      return statements.purgeChunk(row.epoch, upTo)
    },

    onEnqueued(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    spaces() {
      return statements.spaces.all().map((row) => JSON.parse(row.record) as EmbeddingSpace)
    },
  }
}

interface Weight {
  entries: number
  bytes: number
  oldest: number | null
}

function prepareStatements(db: Database) {
  // Weeks of backlog are millions of rows: entries are counted exactly from an index, bytes are summed over the
  // first rows and scaled up, so that a status every two seconds stays cheap.
  const weigh = (condition: string) => {
    const count = db.prepare<[string], { entries: number }>(
      `SELECT count(*) AS entries FROM outbox WHERE epoch = ? AND ${condition}`,
    )
    const sample = db.prepare<[string, number], { rows: number; bytes: number; oldest: number | null }>(
      `SELECT count(*) AS rows, coalesce(sum(bytes), 0) AS bytes, min(created_at_ms) AS oldest FROM (
         SELECT bytes, created_at_ms FROM outbox WHERE epoch = ? AND ${condition} ORDER BY seq LIMIT ?)`,
    )
    return (epoch: string): Weight => {
      const { entries } = must(count.get(epoch), 'a count')
      const { rows, bytes, oldest } = must(sample.get(epoch, WEIGH_SAMPLE_ROWS), 'a sample')
      return { entries, bytes: rows === 0 ? 0 : Math.round((bytes * entries) / rows), oldest }
    }
  }
  const firstNotPowerSafe = db.prepare<[string], { seq: number | null }>(
    'SELECT min(seq) AS seq FROM outbox WHERE epoch = ? AND acked < 2',
  )
  const maxSeq = db.prepare<[string], { seq: number | null }>(
    'SELECT max(seq) AS seq FROM outbox WHERE epoch = ?',
  )
  // Newest first, so that the oldest held entries are the ones beyond the cap.
  const beyondHold = db.prepare<[string, number], { seq: number | null }>(
    `SELECT max(seq) AS seq FROM (
       SELECT seq, sum(bytes) OVER (ORDER BY seq DESC) AS running FROM outbox WHERE epoch = ? AND acked = 1
     ) WHERE running > ?`,
  )
  const deleteUpTo = db.prepare('DELETE FROM outbox WHERE epoch = ? AND seq <= ? AND acked > 0')
  const recordPurge = db.prepare('UPDATE outbox_state SET purged_to = ?')

  return {
    unacked: weigh('acked = 0'),
    held: weigh('acked = 1'),
    hashOf: db.prepare<[string, number], { hash: string }>(
      'SELECT hash FROM outbox WHERE epoch = ? AND seq = ?',
    ),
    markAcked: db.prepare(
      'UPDATE outbox SET acked = ? WHERE epoch = ? AND seq BETWEEN ? AND ? AND acked < ?',
    ),
    vectorsKnown: db.prepare(
      `UPDATE vectors SET at_centre = ? WHERE (space_id, hash) IN (
         SELECT json_extract(state, '$.spaceId'), json_extract(state, '$.vectorHash') FROM outbox
         WHERE epoch = ? AND seq BETWEEN ? AND ? AND acked = 0 AND kind = 'sighting'
           AND seq NOT IN (SELECT value FROM json_each(?)))`,
    ),
    vectorUnknown: db.prepare('UPDATE vectors SET at_centre = NULL WHERE hash = ?'),
    forgetVectors: db.prepare('UPDATE vectors SET at_centre = NULL WHERE at_centre IS NOT ?'),
    recordAck: db.prepare(
      `UPDATE outbox_state SET ack_incarnation = @incarnation, ack_hwm = max(ack_hwm, @hwm), ack_durability = @durability,
         ack_hash = CASE WHEN ack_hwm <= @hwm THEN coalesce(@hash, ack_hash) ELSE ack_hash END`,
    ),
    rewindAck: db.prepare('UPDATE outbox_state SET ack_incarnation = ?, ack_hwm = ?, ack_hash = ?'),
    unsettle: db.prepare(
      `UPDATE outbox SET acked = 0 WHERE epoch = ? AND seq > ? AND acked > 0 AND NOT EXISTS (
         SELECT 1 FROM json_each(?) r WHERE outbox.seq BETWEEN json_extract(r.value, '$[0]') AND json_extract(r.value, '$[1]'))`,
    ),
    spaces: db.prepare<[], { record: string }>('SELECT record FROM spaces'),

    /** Highest seq that may be deleted: below the first entry that must stay, plus what the hold's cap pushes out. */
    lastOfPurge(epoch: string, holdMaxBytes: number): number {
      const firstToStay = firstNotPowerSafe.get(epoch)?.seq
      const safe =
        firstToStay === null || firstToStay === undefined ? (maxSeq.get(epoch)?.seq ?? 0) : firstToStay - 1
      return Math.max(safe, beyondHold.get(epoch, holdMaxBytes)?.seq ?? 0)
    },

    purgeChunk: db.transaction((epoch: string, upTo: number): number => {
      const { changes } = deleteUpTo.run(epoch, upTo)
      recordPurge.run(upTo)
      return changes
    }),
  }
}
