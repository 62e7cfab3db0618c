// Files that people gave to the centre for one device: recorded here, kept on disk, fetched by that device.
import type { Queryable } from '../database/database.ts'

export interface UploadRow {
  id: string
  device_id: string
  /** Hex. */
  sha256: string
  bytes: number
  file_name: string
  /** Name inside the upload folder, never a path that a person gave. */
  path: string
}

export async function insertUpload(db: Queryable, upload: UploadRow & { tenantId: string }): Promise<void> {
  await db.query(
    `INSERT INTO uploads (tenant_id, id, device_id, sha256, bytes, file_name, path)
     VALUES ($1, $2::uuid, $3, decode($4, 'hex'), $5::bigint, $6, $7)`,
    [
      upload.tenantId,
      upload.id,
      upload.device_id,
      upload.sha256,
      upload.bytes,
      upload.file_name,
      upload.path,
    ],
  )
}

export async function getUpload(
  db: Queryable,
  key: { tenantId: string; id: string },
): Promise<UploadRow | null> {
  const [row] = await db.query<UploadRow>(
    `SELECT id, device_id, encode(sha256, 'hex') AS sha256, bytes, file_name, path FROM uploads
     WHERE tenant_id = $1 AND id = $2::uuid`,
    [key.tenantId, key.id],
  )
  return row ?? null
}

export async function markUploadFetched(db: Queryable, key: { tenantId: string; id: string }): Promise<void> {
  await db.query('UPDATE uploads SET fetched_at = now() WHERE tenant_id = $1 AND id = $2::uuid', [
    key.tenantId,
    key.id,
  ])
}
