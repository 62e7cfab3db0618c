// How often the handling of a batch began without coming to an end; the key is what the batch says its content is.
import type { Queryable } from '../database/database.ts'

export interface BatchKey {
  deviceId: string
  /** sha256 of the compressed body, in hex: the same for every resend of the same entries. */
  bodySha256: string
}

/**
 * Notes that these batches are begun. @returns for each, in order, how many attempts before this one did not end;
 * those older than `forgetAfterMs` do not count.
 */
export async function beginAttempts(
  tx: Queryable,
  tenantId: string,
  batches: readonly BatchKey[],
  forgetAfterMs: number,
): Promise<number[]> {
  // A crash of the centre must not undo this, a power cut may: no reason to wait for the disk.
  await tx.query('SET LOCAL synchronous_commit TO off')
  const rows = await tx.query<{ device_id: string; body: string; attempts: number }>(
    `INSERT INTO batch_attempts AS a (tenant_id, device_id, body_sha256)
     SELECT DISTINCT $1, b.device_id, decode(b.body, 'hex') FROM unnest($2::text[], $3::text[]) AS b(device_id, body)
     ON CONFLICT (tenant_id, device_id, body_sha256) DO UPDATE SET last_at = now(),
       attempts = CASE WHEN a.last_at < now() - $4 * interval '1 ms' THEN 1 ELSE a.attempts + 1 END
     RETURNING device_id, encode(body_sha256, 'hex') AS body, attempts`,
    [
      tenantId,
      batches.map(({ deviceId }) => deviceId),
      batches.map(({ bodySha256 }) => bodySha256),
      forgetAfterMs,
    ],
  )
  const attempts = new Map(rows.map((row) => [`${row.device_id} ${row.body}`, row.attempts]))
  return batches.map(({ deviceId, bodySha256 }) => (attempts.get(`${deviceId} ${bodySha256}`) ?? 1) - 1)
}

export async function endAttempts(
  tx: Queryable,
  tenantId: string,
  batches: readonly BatchKey[],
): Promise<void> {
  await tx.query(
    `DELETE FROM batch_attempts a USING unnest($2::text[], $3::text[]) AS b(device_id, body)
     WHERE a.tenant_id = $1 AND a.device_id = b.device_id AND a.body_sha256 = decode(b.body, 'hex')`,
    [tenantId, batches.map(({ deviceId }) => deviceId), batches.map(({ bodySha256 }) => bodySha256)],
  )
}

export async function deleteAttemptsBefore(
  db: Queryable,
  tenantId: string,
  olderThanMs: number,
): Promise<void> {
  await db.query(
    "DELETE FROM batch_attempts WHERE tenant_id = $1 AND last_at < now() - $2 * interval '1 ms'",
    [tenantId, olderThanMs],
  )
}
