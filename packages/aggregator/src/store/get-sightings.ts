// Full rows of given sightings, with the cosine to a vector of their own space where one is given.
import type { Queryable } from '../database/database.ts'
import {
  SIGHTING_JOINS,
  SIGHTING_SELECT,
  storedSighting,
  type SightingRow,
  type StoredSighting,
} from './sighting-columns.ts'

export interface SightingKey {
  deviceId: string
  sightingId: string
}

/** Those that exist, by `${deviceId}/${sightingId}`; what was deleted meanwhile is not among them. */
export async function getSightings(
  db: Queryable,
  tenantId: string,
  keys: readonly SightingKey[],
): Promise<Map<string, StoredSighting>> {
  if (keys.length === 0) return new Map()
  const rows = await db.query<SightingRow>(
    `SELECT ${SIGHTING_SELECT}
     FROM unnest($2::text[], $3::uuid[]) AS wanted (device_id, id)
     JOIN sightings s ON s.tenant_id = $1 AND s.device_id = wanted.device_id AND s.id = wanted.id
     ${SIGHTING_JOINS}
     WHERE s.deleted_at IS NULL`,
    [tenantId, keys.map((key) => key.deviceId), keys.map((key) => key.sightingId)],
  )
  return new Map(rows.map((row) => [sightingKey(row.device_id, row.id), storedSighting(row)]))
}

export function sightingKey(deviceId: string, sightingId: string): string {
  return `${deviceId}/${sightingId}`
}
