// Until when the centre's copy of a device is whole: the latest time seen among its entries up to the mark.
import type { Queryable } from '../database/database.ts'

/** By device id; devices without any settled sighting in their present epoch are absent. */
export async function lastContiguousSeen(
  db: Queryable,
  key: { tenantId: string; deviceIds: readonly string[] },
): Promise<Map<string, number>> {
  if (key.deviceIds.length === 0) return new Map()
  const rows = await db.query<{ device_id: string; last_seen: number }>(
    `SELECT DISTINCT ON (s.device_id) s.device_id, s.last_seen
     FROM devices d
     JOIN epochs e ON e.tenant_id = d.tenant_id AND e.device_id = d.device_id AND e.epoch = d.current_epoch
     JOIN sightings s ON s.tenant_id = d.tenant_id AND s.device_id = d.device_id
       AND s.epoch = e.epoch AND s.seq <= e.hwm
     WHERE d.tenant_id = $1 AND d.device_id = ANY($2::text[])
     ORDER BY s.device_id, s.seq DESC`,
    [key.tenantId, [...key.deviceIds]],
  )
  return new Map(rows.map((row) => [row.device_id, row.last_seen]))
}
