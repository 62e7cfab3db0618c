// Distances on the distinct vectors of a space, joined with the sightings that pass the filters.
import type { SightingAttributes } from '@sam3-fleet/shared/domain/sighting'
import type { Queryable } from '../database/database.ts'
import type { NearestHit, NearestKey, NearestQuery, Preference, Tier } from './nearest-query.ts'
import { sightingConditions } from './sighting-filters.ts'
import { SqlParams } from './sql-params.ts'

interface HitRow {
  device_id: string
  id: string
  label: string
  attributes: SightingAttributes
  confidence: number
  first_seen: number
  similarity: number
  tier: Tier
}

/** The order as one row value that only rises, so that a keyset is a single comparison. */
const RISING_KEY = '(tier, -similarity, -first_seen, device_id, id)'

export async function nearestSightings(db: Queryable, query: NearestQuery): Promise<NearestHit[]> {
  const params = new SqlParams()
  const tenant = params.add(query.tenantId)
  const space = params.add(query.spaceId)
  const vector = params.add(vectorLiteral(query.vector))
  // The column has no dimension of its own: rows of another one must not reach the operator.
  const dimension = params.add(query.vector.length)
  const floors = ([0, 1, 2] as const).map((tier) => `${params.add(query.floors[tier])}::float8`)
  const rows = await db.query<HitRow>(
    `WITH distances AS MATERIALIZED (
       SELECT v.vector_hash, 1 - (v.embedding <=> ${vector}::text::halfvec) AS similarity
       FROM vectors v
       WHERE v.tenant_id = ${tenant} AND v.space_id = ${space} AND vector_dims(v.embedding) = ${dimension}::int
     ), candidates AS (
       SELECT s.device_id, s.id, s.label, s.attributes, s.confidence, s.first_seen, near.similarity,
         ${tierExpression(query.preference, params)} AS tier
       FROM distances near
       JOIN sightings s ON s.space_id = ${space} AND s.vector_hash = near.vector_hash
       WHERE near.similarity >= least(${floors.join(', ')}) AND ${sightingConditions(query, params)}
     )
     SELECT device_id, id, label, attributes, confidence, first_seen, similarity, tier FROM candidates
     WHERE similarity >= CASE tier WHEN 0 THEN ${floors[0]} WHEN 1 THEN ${floors[1]} ELSE ${floors[2]} END
       ${query.after ? `AND ${RISING_KEY} > ${keyValues(query.after, params)}` : ''}
     ORDER BY ${RISING_KEY} LIMIT ${params.add(query.limit)}::int`,
    params.values,
  )
  return rows.map((row) => ({
    deviceId: row.device_id,
    sightingId: row.id,
    label: row.label,
    attributes: row.attributes,
    confidence: row.confidence,
    firstSeenMs: row.first_seen,
    similarity: row.similarity,
    tier: row.tier,
  }))
}

function tierExpression({ labels, colours }: Preference, params: SqlParams): string {
  const label = labels.length === 0 ? 'true' : `s.label = ANY(${params.add([...labels])}::text[])`
  const shown = colours.map(
    (name) => `s.attributes->'colours' @> ${params.add(JSON.stringify([{ name }]))}::text::jsonb`,
  )
  const colour = shown.length === 0 ? 'true' : `(${shown.join(' OR ')})`
  return `CASE WHEN ${label} AND ${colour} THEN 0 WHEN ${label} THEN 1 ELSE 2 END`
}

function keyValues([tier, similarity, firstSeen, deviceId, id]: NearestKey, params: SqlParams): string {
  return `(${params.add(tier)}::int, -${params.add(similarity)}::float8, -${params.add(firstSeen)}::bigint,
    ${params.add(deviceId)}::text, ${params.add(id)}::uuid)`
}

/** pgvector reads a vector as text; halves are rounded there as the stored ones were. */
export function vectorLiteral(vector: Float32Array): string {
  return `[${vector.join(',')}]`
}
