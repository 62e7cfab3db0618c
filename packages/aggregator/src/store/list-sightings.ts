// Sightings that match filters, newest first: the answer to a question that is filters only. Keys; callers fetch
// the rows that they show.
import type { Queryable } from '../database/database.ts'
import { sightingConditions, type FilterScope } from './sighting-filters.ts'
import { SqlParams } from './sql-params.ts'

export interface ListedSighting {
  device_id: string
  id: string
  first_seen: number
  last_seen: number
}

/** last_seen, device id and sighting id of the last row of the page before. */
export type ListKey = [lastSeenMs: number, deviceId: string, id: string]

export async function listSightings(
  db: Queryable,
  scope: FilterScope & { limit: number; after: ListKey | null },
): Promise<ListedSighting[]> {
  const params = new SqlParams()
  const conditions = sightingConditions(scope, params)
  return await db.query<ListedSighting>(
    `SELECT s.device_id, s.id, s.first_seen, s.last_seen FROM sightings s
     WHERE ${conditions}${scope.after ? ` AND ${afterKey(scope.after, params)}` : ''}
     ORDER BY s.last_seen DESC, s.device_id DESC, s.id DESC
     LIMIT ${params.add(scope.limit)}::int`,
    params.values,
  )
}

function afterKey([lastSeen, deviceId, id]: ListKey, params: SqlParams): string {
  const key = `${params.add(lastSeen)}::bigint, ${params.add(deviceId)}::text, ${params.add(id)}::uuid`
  return `(s.last_seen, s.device_id, s.id) < (${key})`
}
