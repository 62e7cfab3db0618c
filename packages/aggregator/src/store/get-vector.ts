// The stored vector of a hash, for questions like "similar to this one".
import type { Queryable } from '../database/database.ts'

/** Unit vector as f32, or null when the centre does not hold it. */
export async function getVector(
  db: Queryable,
  key: { tenantId: string; spaceId: string; vectorHash: string },
): Promise<Float32Array | null> {
  const [row] = await db.query<{ embedding: string }>(
    `SELECT embedding::text AS embedding FROM vectors
     WHERE tenant_id = $1 AND space_id = $2 AND vector_hash = decode($3, 'hex')`,
    [key.tenantId, key.spaceId, key.vectorHash],
  )
  return row ? Float32Array.from(JSON.parse(row.embedding) as number[]) : null
}
