// A few hundred vectors of a space, chosen by their hash and thus at random yet always the same: what an
// accidental likeness looks like in a space that the centre has no encoder for.
import type { Queryable } from '../database/database.ts'

export async function sampleVectors(
  db: Queryable,
  key: { tenantId: string; spaceId: string; dimension: number; limit: number },
): Promise<Float32Array[]> {
  const rows = await db.query<{ embedding: string }>(
    `SELECT embedding::text AS embedding FROM vectors
     WHERE tenant_id = $1 AND space_id = $2 AND vector_dims(embedding) = $3::int
     ORDER BY vector_hash LIMIT $4::int`,
    [key.tenantId, key.spaceId, key.dimension, key.limit],
  )
  return rows.map((row) => Float32Array.from(JSON.parse(row.embedding) as number[]))
}
