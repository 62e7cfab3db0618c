// Cosine of a vector to given vectors of its space, by hash: for candidates that were found another way.
import type { Queryable } from '../database/database.ts'
import { vectorLiteral } from './nearest-sightings.ts'

export async function similarities(
  db: Queryable,
  key: { tenantId: string; spaceId: string; vector: Float32Array; hashes: readonly string[] },
): Promise<Map<string, number>> {
  if (key.hashes.length === 0) return new Map()
  const rows = await db.query<{ hash: string; similarity: number }>(
    `WITH wanted AS MATERIALIZED (
       SELECT vector_hash, embedding FROM vectors
       WHERE tenant_id = $1 AND space_id = $2 AND vector_dims(embedding) = $4::int
         AND vector_hash IN (SELECT decode(h, 'hex') FROM unnest($5::text[]) h)
     )
     SELECT encode(vector_hash, 'hex') AS hash, 1 - (embedding <=> $3::text::halfvec) AS similarity FROM wanted`,
    [key.tenantId, key.spaceId, vectorLiteral(key.vector), key.vector.length, [...key.hashes]],
  )
  return new Map(rows.map((row) => [row.hash, row.similarity]))
}
