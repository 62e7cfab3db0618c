// Takes a device's rights away: its credential is gone, its lease is void, and nothing that it says counts any more.
import type { Queryable } from '../database/database.ts'
import type { DeviceKey } from './write-devices.ts'

export interface RevokedRow {
  revokedAt: Date
  /** null when it never said hello. */
  currentEpoch: string | null
  lease: number
}

/** The same answer however often it is asked; null when no device has this id. */
export async function revokeDevice(
  db: Queryable,
  { tenantId, deviceId }: DeviceKey,
): Promise<RevokedRow | null> {
  const [row] = await db.query<{ revoked_at: Date; current_epoch: string | null; lease: number }>(
    `UPDATE devices SET revoked_at = coalesce(revoked_at, now()), credential_hash = NULL, lease = lease + 1,
       presence = 'offline', presence_at = now()
     WHERE tenant_id = $1 AND device_id = $2 RETURNING revoked_at, current_epoch, lease`,
    [tenantId, deviceId],
  )
  return row ? { revokedAt: row.revoked_at, currentEpoch: row.current_epoch, lease: Number(row.lease) } : null
}

/** False also for a device that is not known. */
export async function isRevoked(db: Queryable, { tenantId, deviceId }: DeviceKey): Promise<boolean> {
  const rows = await db.query(
    'SELECT 1 FROM devices WHERE tenant_id = $1 AND device_id = $2 AND revoked_at IS NOT NULL',
    [tenantId, deviceId],
  )
  return rows.length > 0
}
