// Receipts, the high-water mark and what an ack says: all derived from the database.
import { encodeCopy } from '../database/copy-encoder.ts'
import type { Queryable } from '../database/database.ts'

export interface EpochKey {
  tenantId: string
  deviceId: string
  epoch: string
}

/** Outcomes as the migration numbers them. */
export const OUTCOME = { applied: 0, superseded: 1, quarantined: 2, dropped: 3 } as const

const KEY = 'tenant_id = $1 AND device_id = $2 AND epoch = $3'
const values = ({ tenantId, deviceId, epoch }: EpochKey): [string, string, string] => [
  tenantId,
  deviceId,
  epoch,
]

/** Locks the epoch for this transaction; null when the device is on another epoch or lease (rule A3). */
export async function lockEpoch(
  tx: Queryable,
  key: EpochKey,
  lease: number,
): Promise<{ hwm: number } | null> {
  const [row] = await tx.query<{ hwm: number }>(
    `SELECT e.hwm FROM epochs e JOIN devices d ON d.tenant_id = e.tenant_id AND d.device_id = e.device_id
     WHERE e.tenant_id = $1 AND e.device_id = $2 AND e.epoch = $3 AND d.current_epoch = e.epoch AND d.lease = $4
       AND e.closed_at IS NULL AND d.revoked_at IS NULL
     FOR UPDATE OF e`,
    [...values(key), lease],
  )
  return row ? { hwm: Number(row.hwm) } : null
}

export interface Receipt {
  seq: number
  /** Of the content, in hex. */
  hash: string
  outcome: number
}

/** What was received before under these numbers. */
export async function readReceipts(
  tx: Queryable,
  key: EpochKey,
  seqs: readonly number[],
): Promise<Map<number, Receipt>> {
  const rows = await tx.query<Receipt>(
    `SELECT seq, encode(hash, 'hex') AS hash, outcome FROM receipts WHERE ${KEY} AND seq = ANY($4::bigint[])`,
    [...values(key), seqs],
  )
  return new Map(rows.map((row) => [row.seq, row]))
}

/** For numbers that have no receipt, while the epoch is locked. */
export async function insertReceipts(
  tx: Queryable,
  key: EpochKey,
  receipts: readonly Receipt[],
): Promise<void> {
  if (receipts.length === 0) return
  const rows = receipts.map(({ seq, hash, outcome }) => [
    ...values(key),
    seq,
    Buffer.from(hash, 'hex'),
    outcome,
  ])
  await tx.copyBinary(
    'receipts',
    ['tenant_id', 'device_id', 'epoch', 'seq', 'hash', 'outcome'],
    encodeCopy(['text', 'text', 'uuid', 'int8', 'bytea', 'int2'], rows),
  )
}

/** Receipts for a range that the device dropped before it could send it. */
export async function insertDroppedRange(
  tx: Queryable,
  key: EpochKey,
  range: { fromSeq: number; toSeq: number; hash: string },
): Promise<void> {
  await tx.query(
    `INSERT INTO receipts (tenant_id, device_id, epoch, seq, hash, outcome)
     SELECT $1, $2, $3, n, decode($6, 'hex'), ${OUTCOME.dropped} FROM generate_series($4::bigint, $5::bigint) AS n
     ON CONFLICT DO NOTHING`,
    [...values(key), range.fromSeq, range.toSeq, range.hash],
  )
}

/** Moves the mark over the settled entries that follow it without a gap; never back. */
export async function advanceMark(tx: Queryable, key: EpochKey): Promise<void> {
  await tx.query(
    `UPDATE epochs e SET hwm = greatest(e.hwm, coalesce((
       SELECT max(run.seq) FROM (
         SELECT r.seq, r.seq - row_number() OVER (ORDER BY r.seq) AS before FROM receipts r
         WHERE r.tenant_id = $1 AND r.device_id = $2 AND r.epoch = $3 AND r.seq > e.hwm
       ) run WHERE run.before = e.hwm), 0)),
       max_seq_seen = greatest(e.max_seq_seen, coalesce((SELECT max(r.seq) FROM receipts r
         WHERE r.tenant_id = $1 AND r.device_id = $2 AND r.epoch = $3), 0))
     WHERE e.${KEY}`,
    values(key),
  )
}

/** Where an epoch stands: the mark and the settled ranges above it. */
export async function readMark(
  db: Queryable,
  key: EpochKey,
  rangesMax: number,
): Promise<{ hwm: number; ranges: [number, number][] }> {
  const [epoch] = await db.query<{ hwm: number }>(`SELECT hwm FROM epochs WHERE ${KEY}`, values(key))
  const hwm = Number(epoch?.hwm ?? 0)
  const rows = await db.query<{ first: number; last: number }>(
    `SELECT min(seq) AS first, max(seq) AS last FROM (
       SELECT seq, seq - row_number() OVER (ORDER BY seq) AS island FROM receipts WHERE ${KEY} AND seq > $4
     ) runs GROUP BY island ORDER BY 1 LIMIT $5`,
    [...values(key), hwm, rangesMax],
  )
  return { hwm, ranges: rows.map((row) => [Number(row.first), Number(row.last)]) }
}
