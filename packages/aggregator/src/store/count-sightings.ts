// Sightings in the centre's copy per device; reads an index, yet grows with the copy: callers keep it a while.
import type { Queryable } from '../database/database.ts'

export async function countSightings(db: Queryable, tenantId: string): Promise<Map<string, number>> {
  const rows = await db.query<{ device_id: string; sightings: number }>(
    `SELECT device_id, count(*) AS sightings FROM sightings
     WHERE tenant_id = $1 AND deleted_at IS NULL GROUP BY device_id`,
    [tenantId],
  )
  return new Map(rows.map((row) => [row.device_id, Number(row.sightings)]))
}
