// Sightings that match filters, newest first: the answer to a question that is filters only.
import { z } from 'zod'
import type { Queryable } from '../database/database.ts'
import {
  SIGHTING_JOINS,
  SIGHTING_SELECT,
  storedSighting,
  type SightingRow,
  type StoredSighting,
} from './sighting-columns.ts'
import { sightingConditions, type FilterScope } from './sighting-filters.ts'
import { SqlParams } from './sql-params.ts'

/** last_seen, device id, sighting id of the last row of the page before. */
export const listKeySchema = z.tuple([z.number(), z.string(), z.string()])
export type ListKey = z.infer<typeof listKeySchema>

export async function listSightings(
  db: Queryable,
  scope: FilterScope & { limit: number; after: ListKey | null },
): Promise<StoredSighting[]> {
  const params = new SqlParams()
  const conditions = sightingConditions(scope, params)
  const rows = await db.query<SightingRow>(
    `SELECT ${SIGHTING_SELECT} FROM sightings s ${SIGHTING_JOINS}
     WHERE ${conditions}${scope.after ? ` AND ${afterKey(scope.after, params)}` : ''}
     ORDER BY s.last_seen DESC, s.device_id DESC, s.id DESC
     LIMIT ${params.add(scope.limit)}::int`,
    params.values,
  )
  return rows.map(storedSighting)
}

function afterKey([lastSeen, deviceId, id]: ListKey, params: SqlParams): string {
  const key = `${params.add(lastSeen)}::bigint, ${params.add(deviceId)}::text, ${params.add(id)}::uuid`
  return `(s.last_seen, s.device_id, s.id) < (${key})`
}
