// Sightings per bucket of time, by when each was last seen.
import type { Queryable } from '../database/database.ts'
import { sightingConditions, type FilterScope } from './sighting-filters.ts'
import { SqlParams } from './sql-params.ts'

/** Buckets from `fromMs`, each `bucketMs` long; what lies outside falls into the first or last. */
export async function countByTime(
  db: Queryable,
  scope: FilterScope & { fromMs: number; bucketMs: number; buckets: number },
): Promise<{ bucket: number; sightings: number }[]> {
  const params = new SqlParams()
  const conditions = sightingConditions(scope, params)
  const from = params.add(scope.fromMs)
  const width = params.add(scope.bucketMs)
  const last = params.add(scope.buckets - 1)
  return await db.query<{ bucket: number; sightings: number }>(
    `SELECT least(greatest((s.last_seen - ${from}::bigint) / ${width}::bigint, 0), ${last}::bigint) AS bucket,
       count(*) AS sightings
     FROM sightings s WHERE ${conditions}
     GROUP BY bucket ORDER BY bucket`,
    params.values,
  )
}
