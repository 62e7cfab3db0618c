// The synced copy of a device's sources, with when the newest of it came.
import type { SourceRecord } from '@sam3-fleet/shared/domain/source'
import type { Queryable } from '../database/database.ts'

export interface SourceCopy {
  record: SourceRecord
  received_at: Date
}

export async function listDeviceSources(
  db: Queryable,
  key: { tenantId: string; deviceId: string },
): Promise<SourceCopy[]> {
  return await db.query<SourceCopy>(
    `SELECT record, received_at FROM sources
     WHERE tenant_id = $1 AND device_id = $2 AND deleted_at IS NULL ORDER BY record->>'name', id`,
    [key.tenantId, key.deviceId],
  )
}
