// Vectors and crops, stored once by hash: through COPY into a staging table, then into place.
import type { Queryable } from '../database/database.ts'
import { encodeCopy } from '../database/copy-encoder.ts'

export interface VectorToWrite {
  spaceId: string
  hash: string
  f16: Uint8Array
}

export async function insertVectors(
  tx: Queryable,
  tenantId: string,
  vectors: readonly VectorToWrite[],
): Promise<void> {
  if (vectors.length === 0) return
  await tx.query(
    `CREATE TEMP TABLE IF NOT EXISTS staged_vectors (space_id text, vector_hash bytea, embedding halfvec)
     ON COMMIT DELETE ROWS`,
  )
  const rows = vectors.map(({ spaceId, hash, f16 }) => [spaceId, Buffer.from(hash, 'hex'), f16])
  await tx.copyBinary(
    'staged_vectors',
    ['space_id', 'vector_hash', 'embedding'],
    encodeCopy(['text', 'bytea', 'halfvec'], rows),
  )
  await tx.query(
    `WITH staged AS (DELETE FROM staged_vectors RETURNING *)
     INSERT INTO vectors (tenant_id, space_id, vector_hash, embedding)
     SELECT $1, space_id, vector_hash, embedding FROM staged ON CONFLICT DO NOTHING`,
    [tenantId],
  )
}

export interface CropToWrite {
  sha256: string
  deviceId: string
  contentType: string
  width: number
  height: number
  bytes: Uint8Array
}

export async function insertCrops(
  tx: Queryable,
  tenantId: string,
  crops: readonly CropToWrite[],
): Promise<void> {
  if (crops.length === 0) return
  await tx.query(
    `CREATE TEMP TABLE IF NOT EXISTS staged_media (sha256 bytea, device_id text, content_type text, width int,
       height int, content bytea) ON COMMIT DELETE ROWS`,
  )
  const rows = crops.map((crop) => [
    Buffer.from(crop.sha256, 'hex'),
    crop.deviceId,
    crop.contentType,
    crop.width,
    crop.height,
    crop.bytes,
  ])
  const columns = ['sha256', 'device_id', 'content_type', 'width', 'height', 'content']
  await tx.copyBinary(
    'staged_media',
    columns,
    encodeCopy(['bytea', 'text', 'text', 'int4', 'int4', 'bytea'], rows),
  )
  await tx.query(
    `WITH staged AS (DELETE FROM staged_media RETURNING *)
     INSERT INTO media (tenant_id, ${columns.join(', ')})
     SELECT $1, ${columns.join(', ')} FROM staged ON CONFLICT DO NOTHING`,
    [tenantId],
  )
}
