// What went wrong per device, counted: entries set aside, entries lost, and content that changed under its number.
import type { Queryable } from '../database/database.ts'

export interface Troubles {
  quarantined: number
  lost: number
  incidents: number
}

export const NO_TROUBLES: Troubles = { quarantined: 0, lost: 0, incidents: 0 }

/** Only devices that have any. */
export async function countTroubles(db: Queryable, tenantId: string): Promise<Map<string, Troubles>> {
  const rows = await db.query<Troubles & { device_id: string }>(
    `SELECT device_id, sum(quarantined)::int AS quarantined, sum(lost)::bigint AS lost, sum(incidents)::int AS incidents
     FROM (
       SELECT device_id, count(*) AS quarantined, 0 AS lost, 0 AS incidents
         FROM quarantine WHERE tenant_id = $1 GROUP BY device_id
       UNION ALL
       SELECT device_id, 0, sum(count), 0 FROM losses WHERE tenant_id = $1 GROUP BY device_id
       UNION ALL
       SELECT device_id, 0, 0, count(*) FROM incidents WHERE tenant_id = $1 GROUP BY device_id
     ) parts GROUP BY device_id`,
    [tenantId],
  )
  return new Map(rows.map(({ device_id, ...troubles }) => [device_id, troubles]))
}
