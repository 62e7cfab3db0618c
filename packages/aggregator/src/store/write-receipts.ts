// Receipts, the high-water mark and what an ack says: all derived from the database.
import { encodeCopy } from '../database/copy-encoder.ts'
import type { Queryable } from '../database/database.ts'

export interface EpochKey {
  tenantId: string
  deviceId: string
  epoch: string
}

/** Outcomes as the migration numbers them. */
export const OUTCOME = { applied: 0, superseded: 1, quarantined: 2 } as const

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
  return new Map(rows.map((row) => [Number(row.seq), row]))
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

/**
 * What is settled above a number that stands in `above`, as spans that may touch and overlap: single receipts, and the
 * ranges that the device dropped, which cost one row however many entries they name.
 */
const spans = (above: string): string => `
  SELECT seq AS first, seq AS last FROM receipts WHERE ${KEY} AND seq > ${above}
  UNION ALL
  SELECT from_seq, to_seq FROM losses WHERE ${KEY} AND to_seq > ${above}`

/** Spans in order, each with the number of gaps between the mark (in `above`) and it: gaps and islands. */
const islands = (above: string): string => `
  SELECT first, last, count(*) FILTER (WHERE first > greatest(reach, ${above}) + 1) OVER (ORDER BY first, last) AS island
  FROM (SELECT first, last, coalesce(max(last) OVER (ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
    AS reach FROM (${spans(above)}) spans) reached`

/** Moves the mark over the settled entries that follow it without a gap; never back. */
export async function advanceMark(tx: Queryable, key: EpochKey): Promise<void> {
  const mark = await readHwm(tx, key)
  await tx.query(
    `UPDATE epochs e SET
       hwm = greatest(e.hwm, coalesce((SELECT max(last) FROM (${islands('$4::bigint')}) i WHERE island = 0), 0)),
       max_seq_seen = greatest(e.max_seq_seen, coalesce((SELECT max(last) FROM (${spans('$4::bigint')}) s), 0))
     WHERE e.${KEY}`,
    [...values(key), mark],
  )
}

/** Where an epoch stands: the mark and the settled ranges above it. */
export async function readMark(
  db: Queryable,
  key: EpochKey,
  rangesMax: number,
): Promise<{ hwm: number; ranges: [number, number][] }> {
  const hwm = await readHwm(db, key)
  const rows = await db.query<{ first: number; last: number }>(
    `SELECT min(first) AS first, max(last) AS last FROM (${islands('$4::bigint')}) i GROUP BY island ORDER BY 1 LIMIT $5`,
    [...values(key), hwm, rangesMax],
  )
  return { hwm, ranges: rows.map((row) => [Number(row.first), Number(row.last)]) }
}

async function readHwm(db: Queryable, key: EpochKey): Promise<number> {
  const [epoch] = await db.query<{ hwm: number }>(`SELECT hwm FROM epochs WHERE ${KEY}`, values(key))
  return Number(epoch?.hwm ?? 0)
}
