// Holds the row of a device that is known here: no connection is greeted and no lease changes until the transaction ends.
import type { Queryable } from '../database/database.ts'
import type { DeviceKey } from './write-devices.ts'

export interface KnownDevice {
  /** null before the first hello. */
  currentEpoch: string | null
  /** The lease of the newest connection; 0 before the first. */
  lease: number
  isRevoked: boolean
}

/** Null when no device has this id; unlike a hello, it registers none. */
export async function lockKnownDevice(
  tx: Queryable,
  { tenantId, deviceId }: DeviceKey,
): Promise<KnownDevice | null> {
  const [row] = await tx.query<{ current_epoch: string | null; lease: number; revoked: boolean }>(
    `SELECT current_epoch, lease, revoked_at IS NOT NULL AS revoked FROM devices
     WHERE tenant_id = $1 AND device_id = $2 FOR UPDATE`,
    [tenantId, deviceId],
  )
  return row ? { currentEpoch: row.current_epoch, lease: Number(row.lease), isRevoked: row.revoked } : null
}
