// Every life of a device's outbox, newest first.
import type { Queryable } from '../database/database.ts'

export interface EpochRow {
  epoch: string
  hwm: number
  max_seq_seen: number
  opened_at: Date
  closed_at: Date | null
  close_reason: string | null
}

/** More epochs than this mean that a device loses its outbox again and again; the newest tell it. */
const EPOCHS_MAX = 50

export async function listEpochs(
  db: Queryable,
  key: { tenantId: string; deviceId: string },
): Promise<EpochRow[]> {
  return await db.query<EpochRow>(
    `SELECT epoch, hwm, max_seq_seen, opened_at, closed_at, close_reason FROM epochs
     WHERE tenant_id = $1 AND device_id = $2
     ORDER BY opened_at DESC LIMIT ${EPOCHS_MAX}`,
    [key.tenantId, key.deviceId],
  )
}
