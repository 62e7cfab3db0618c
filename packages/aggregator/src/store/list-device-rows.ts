// Devices with the epoch that they are in: the one read behind the fleet, sync and coverage pages.
import { z } from 'zod'
import type { Queryable } from '../database/database.ts'
import { SqlParams } from './sql-params.ts'

export interface DeviceRow {
  device_id: string
  name: string
  enrolled_at: Date
  revoked_at: Date | null
  agent_version: string | null
  pack: { id: string; version: string; labels: string[] } | null
  spaces: unknown
  current_epoch: string | null
  connection: number
  presence: string
  presence_at: Date | null
  last_hello_at: Date | null
  last_status: unknown
  last_status_at: Date | null
  hwm: number
  max_seq_seen: number
}

/** Name and id of the last row of the page before. */
export const deviceKeySchema = z.tuple([z.string(), z.string()])
export type DeviceKey = z.infer<typeof deviceKeySchema>

export interface DeviceQuery {
  tenantId: string
  deviceIds?: readonly string[] | undefined
  /** Part of a name or id. */
  text?: string | undefined
  limit?: number
  after?: DeviceKey | null
}

export async function listDeviceRows(db: Queryable, query: DeviceQuery): Promise<DeviceRow[]> {
  const params = new SqlParams()
  const conditions = [`d.tenant_id = ${params.add(query.tenantId)}`]
  if (query.deviceIds) conditions.push(`d.device_id = ANY(${params.add([...query.deviceIds])}::text[])`)
  if (query.text) {
    const part = params.add(query.text.toLowerCase())
    conditions.push(`(strpos(lower(d.name), ${part}) > 0 OR strpos(d.device_id, ${part}) > 0)`)
  }
  if (query.after)
    conditions.push(
      `(d.name, d.device_id) > (${params.add(query.after[0])}::text, ${params.add(query.after[1])}::text)`,
    )
  const limit = query.limit === undefined ? '' : `LIMIT ${params.add(query.limit)}::int`
  return await db.query<DeviceRow>(
    `SELECT d.device_id, d.name, d.enrolled_at, d.revoked_at, d.agent_version, d.pack, d.spaces, d.current_epoch,
       d.connection, d.presence, d.presence_at, d.last_hello_at, d.last_status, d.last_status_at,
       coalesce(e.hwm, 0) AS hwm, coalesce(e.max_seq_seen, 0) AS max_seq_seen
     FROM devices d
     LEFT JOIN epochs e ON e.tenant_id = d.tenant_id AND e.device_id = d.device_id AND e.epoch = d.current_epoch
     WHERE ${conditions.join(' AND ')}
     ORDER BY d.name, d.device_id ${limit}`,
    params.values,
  )
}
