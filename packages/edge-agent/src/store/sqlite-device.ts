// Who this device is: chosen once, kept in the database, the same for ever.
import type { Database } from 'better-sqlite3'
import { deviceIdSchema } from '@sam3-fleet/shared/domain/identity'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

export interface DeviceIdentity {
  deviceId: string
  name: string
}

/**
 * The stored identity; made from `wanted` on the first start. A changed name is taken over, a changed id is not.
 * @throws FleetError CONFIG_INVALID when another id is asked for than this database belongs to.
 */
export function readIdentity(
  db: Database,
  wanted: { deviceId: string | null; name: string | null },
  options: { nowMs: number; randomId: () => string },
): DeviceIdentity {
  const stored = db
    .prepare<[], { device_id: string; name: string }>('SELECT device_id, name FROM device')
    .get()
  if (!stored) {
    const deviceId = deviceIdSchema.parse(wanted.deviceId ?? `device-${options.randomId().slice(-12)}`)
    const name = wanted.name ?? deviceId
    db.prepare('INSERT INTO device (device_id, name, created_at_ms) VALUES (?, ?, ?)').run(
      deviceId,
      name,
      options.nowMs,
    )
    return { deviceId, name }
  }
  if (wanted.deviceId !== null && wanted.deviceId !== stored.device_id) {
    throw new FleetError(
      'CONFIG_INVALID',
      `this database belongs to ${stored.device_id}, not to ${wanted.deviceId}`,
      {
        hint: 'Unset FLEET_DEVICE_ID, or give the device a FLEET_DATA_DIR of its own.',
      },
    )
  }
  if (wanted.name === null || wanted.name === stored.name)
    return { deviceId: stored.device_id, name: stored.name }
  db.prepare('UPDATE device SET name = ?').run(wanted.name)
  return { deviceId: stored.device_id, name: wanted.name }
}
