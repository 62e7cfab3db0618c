// One sighting with where it stands in its device's outbox; deleted ones are gone.
import type { Queryable } from '../database/database.ts'
import {
  SIGHTING_JOINS,
  SIGHTING_SELECT,
  storedSighting,
  type SightingRow,
  type StoredSighting,
} from './sighting-columns.ts'

export interface SightingInFull extends StoredSighting {
  epoch: string
  seq: number
  receivedAt: Date
  /** Fields of a newer device that this centre does not know. */
  extra: Record<string, unknown> | null
}

interface FullRow extends SightingRow {
  epoch: string
  seq: number
  received_at: Date
  extra: Record<string, unknown> | null
}

export async function getSighting(
  db: Queryable,
  key: { tenantId: string; deviceId: string; sightingId: string },
): Promise<SightingInFull | null> {
  const [row] = await db.query<FullRow>(
    `SELECT ${SIGHTING_SELECT}, s.epoch, s.seq, s.received_at, s.extra
     FROM sightings s ${SIGHTING_JOINS}
     WHERE s.tenant_id = $1 AND s.device_id = $2 AND s.id = $3::uuid AND s.deleted_at IS NULL`,
    [key.tenantId, key.deviceId, key.sightingId],
  )
  if (!row) return null
  return {
    ...storedSighting(row),
    epoch: row.epoch,
    seq: row.seq,
    receivedAt: row.received_at,
    extra: row.extra,
  }
}
