// Embedding spaces with how much lies in each.
import type { EmbeddingSpace } from '@sam3-fleet/shared/domain/embedding-space'
import type { Queryable } from '../database/database.ts'

export interface SpaceWithCounts extends EmbeddingSpace {
  sightings: number
  vectors: number
  devices: number
}

interface SpaceRow extends Omit<EmbeddingSpace, 'spaceId'> {
  space_id: string
  sightings: number
  vectors: number
  devices: number
}

export async function listSpacesWithCounts(db: Queryable, tenantId: string): Promise<SpaceWithCounts[]> {
  const rows = await db.query<SpaceRow>(
    `SELECT p.space_id, p.model, p.version, p.dimension, p.metric, p.preprocessing, p.identity,
       coalesce(s.sightings, 0)::bigint AS sightings, coalesce(s.devices, 0)::int AS devices,
       (SELECT count(*) FROM vectors v WHERE v.tenant_id = p.tenant_id AND v.space_id = p.space_id) AS vectors
     FROM spaces p
     LEFT JOIN (
       SELECT space_id, count(*) AS sightings, count(DISTINCT device_id) AS devices
       FROM sightings WHERE tenant_id = $1 AND deleted_at IS NULL GROUP BY space_id
     ) s ON s.space_id = p.space_id
     WHERE p.tenant_id = $1 ORDER BY p.space_id`,
    [tenantId],
  )
  return rows.map(({ space_id, ...rest }) => ({ spaceId: space_id, ...rest }))
}

/** The spaces alone: what a search needs. */
export async function listSpaces(db: Queryable, tenantId: string): Promise<EmbeddingSpace[]> {
  const rows = await db.query<Omit<EmbeddingSpace, 'spaceId'> & { space_id: string }>(
    `SELECT space_id, model, version, dimension, metric, preprocessing, identity FROM spaces
     WHERE tenant_id = $1 ORDER BY space_id`,
    [tenantId],
  )
  return rows.map(({ space_id, ...rest }) => ({ spaceId: space_id, ...rest }))
}
