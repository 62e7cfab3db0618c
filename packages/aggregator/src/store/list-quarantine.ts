// Entries that could never be applied, newest first.
import { z } from 'zod'
import type { Queryable } from '../database/database.ts'
import { SqlParams } from './sql-params.ts'

/** Characters of the raw entry that a list shows; the table keeps all of it. */
const RAW_SHOWN_CHARS = 2_000

/** Microseconds, device, epoch, seq and hash of the last row of the page before. */
export const quarantineKeySchema = z.tuple([z.number(), z.string(), z.string(), z.number(), z.string()])
export type QuarantineKey = z.infer<typeof quarantineKeySchema>

export interface QuarantineRow {
  device_id: string
  device_name: string
  epoch: string
  seq: number
  hash: string
  kind: string
  thing_id: string
  code: string
  reason: string
  at: Date
  /** `at` in whole microseconds: a Date would cut what the sort key needs. */
  at_us: number
  raw: string
}

const AT_US = '(extract(epoch FROM q.at) * 1000000)::bigint'

export async function listQuarantine(
  db: Queryable,
  query: { tenantId: string; deviceId: string | undefined; limit: number; after: QuarantineKey | null },
): Promise<QuarantineRow[]> {
  const params = new SqlParams()
  const conditions = [`q.tenant_id = ${params.add(query.tenantId)}`]
  if (query.deviceId) conditions.push(`q.device_id = ${params.add(query.deviceId)}`)
  if (query.after) {
    const [atUs, deviceId, epoch, seq, hash] = query.after
    conditions.push(
      `(${AT_US}, q.device_id, q.epoch, q.seq, q.hash) < (${params.add(atUs)}::bigint, ${params.add(deviceId)}::text,
        ${params.add(epoch)}::uuid, ${params.add(seq)}::bigint, decode(${params.add(hash)}, 'hex'))`,
    )
  }
  return await db.query<QuarantineRow>(
    `SELECT q.device_id, coalesce(d.name, q.device_id) AS device_name, q.epoch, q.seq, encode(q.hash, 'hex') AS hash,
       q.kind, q.thing_id, q.code, q.reason, q.at, ${AT_US} AS at_us, left(q.raw, ${RAW_SHOWN_CHARS}) AS raw
     FROM quarantine q LEFT JOIN devices d ON d.tenant_id = q.tenant_id AND d.device_id = q.device_id
     WHERE ${conditions.join(' AND ')}
     ORDER BY ${AT_US} DESC, q.device_id DESC, q.epoch DESC, q.seq DESC, q.hash DESC
     LIMIT ${params.add(query.limit)}::int`,
    params.values,
  )
}
