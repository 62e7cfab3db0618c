// Crops by what they hold: read for people, stored when a live answer brings one that ingest has not.
import type { Queryable } from '../database/database.ts'

export interface StoredMedia {
  content_type: string
  content: Uint8Array
}

export async function getMedia(
  db: Queryable,
  key: { tenantId: string; sha256: string },
): Promise<StoredMedia | null> {
  const [row] = await db.query<StoredMedia>(
    `SELECT content_type, content FROM media WHERE tenant_id = $1 AND sha256 = decode($2, 'hex')`,
    [key.tenantId, key.sha256],
  )
  return row ?? null
}

export interface NewMedia {
  tenantId: string
  deviceId: string
  sha256: string
  contentType: string
  width: number
  height: number
  content: Uint8Array
}

/** Does nothing when that content is held already. */
export async function storeMedia(db: Queryable, media: NewMedia): Promise<void> {
  await db.query(
    `INSERT INTO media (tenant_id, sha256, device_id, content_type, width, height, content)
     VALUES ($1, decode($2, 'hex'), $3, $4, $5::int, $6::int, $7::bytea)
     ON CONFLICT (tenant_id, sha256) DO NOTHING`,
    [
      media.tenantId,
      media.sha256,
      media.deviceId,
      media.contentType,
      media.width,
      media.height,
      media.content,
    ],
  )
}

/** Which of these hashes the centre holds. */
export async function heldMedia(
  db: Queryable,
  key: { tenantId: string; hashes: readonly string[] },
): Promise<Set<string>> {
  if (key.hashes.length === 0) return new Set()
  const rows = await db.query<{ hash: string }>(
    `SELECT encode(sha256, 'hex') AS hash FROM media
     WHERE tenant_id = $1 AND sha256 IN (SELECT decode(h, 'hex') FROM unnest($2::text[]) h)`,
    [key.tenantId, [...key.hashes]],
  )
  return new Set(rows.map((row) => row.hash))
}
