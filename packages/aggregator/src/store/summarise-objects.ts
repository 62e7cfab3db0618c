// How many sightings and detections per label, colour, device or source, under a search's filters.
import type { SummaryInput } from '@sam3-fleet/shared/search/objects-summary'
import type { Queryable } from '../database/database.ts'
import { sightingConditions, type FilterScope } from './sighting-filters.ts'
import { SqlParams } from './sql-params.ts'

/** A colour counts when it covers at least this share of the object: the share from which descriptions say it. */
const COLOUR_MIN_SHARE = 0.2

const COLOUR_JOIN = `CROSS JOIN LATERAL (
  SELECT c->>'name' AS name FROM jsonb_array_elements(s.attributes->'colours') c
  WHERE (c->>'share')::float8 >= ${COLOUR_MIN_SHARE}) colour`

const GROUPS = {
  label: { key: 's.label', name: 's.label', join: '' },
  colour: { key: 'colour.name', name: 'colour.name', join: COLOUR_JOIN },
  device: {
    key: 's.device_id',
    name: 'max(d.name)',
    join: 'JOIN devices d ON d.tenant_id = s.tenant_id AND d.device_id = s.device_id',
  },
  source: { key: 's.source_id::text', name: 'max(s.source_name)', join: '' },
} as const satisfies Record<SummaryInput['groupBy'], { key: string; name: string; join: string }>

export interface ObjectGroup {
  key: string
  name: string
  sightings: number
  detections: number
  first_seen: number
  last_seen: number
}

export async function summariseObjects(
  db: Queryable,
  scope: FilterScope & { groupBy: SummaryInput['groupBy']; limit: number },
): Promise<ObjectGroup[]> {
  const params = new SqlParams()
  const { key, name, join } = GROUPS[scope.groupBy]
  return await db.query<ObjectGroup>(
    `SELECT ${key} AS key, ${name} AS name, count(*) AS sightings, sum(s.count)::bigint AS detections,
       min(s.first_seen) AS first_seen, max(s.last_seen) AS last_seen
     FROM sightings s ${join}
     WHERE ${sightingConditions(scope, params)}
     GROUP BY ${key} ORDER BY count(*) DESC, ${key} LIMIT ${params.add(scope.limit)}::int`,
    params.values,
  )
}

export interface ObjectTotals {
  sightings: number
  detections: number
  first_seen: number | null
  last_seen: number | null
}

export async function totalObjects(db: Queryable, scope: FilterScope): Promise<ObjectTotals> {
  const params = new SqlParams()
  const [row] = await db.query<ObjectTotals>(
    `SELECT count(*) AS sightings, coalesce(sum(s.count), 0)::bigint AS detections,
       min(s.first_seen) AS first_seen, max(s.last_seen) AS last_seen
     FROM sightings s WHERE ${sightingConditions(scope, params)}`,
    params.values,
  )
  return row ?? { sightings: 0, detections: 0, first_seen: null, last_seen: null }
}
