// Sightings into their table: through binary COPY into a staging table, then in one statement that lets a thing be
// replaced only by a greater version and never brings back what was deleted.
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import { encodeCopy, type CopyType, type CopyValue } from '../database/copy-encoder.ts'
import type { Queryable } from '../database/database.ts'
import type { EpochKey } from './write-receipts.ts'

export interface SightingToWrite {
  seq: number
  state: Sighting
  extra: Record<string, unknown> | null
}

const COLUMNS = {
  id: 'uuid',
  version: 'int8',
  epoch: 'uuid',
  seq: 'int8',
  state: 'text',
  source_id: 'uuid',
  source_name: 'text',
  video_id: 'uuid',
  label: 'text',
  text_prompt: 'text',
  description: 'text',
  attributes: 'jsonb',
  confidence: 'float4',
  bbox: 'float4[]',
  frame_idx: 'int8',
  detection_id: 'int8',
  count: 'int8',
  track_count: 'int4',
  first_seen: 'int8',
  last_seen: 'int8',
  time_origin: 'text',
  space_id: 'text',
  vector_hash: 'bytea',
  media_sha256: 'bytea',
  extra: 'jsonb',
} as const satisfies Record<string, CopyType>
const NAMES = Object.keys(COLUMNS)
const TYPES = Object.values(COLUMNS)
const REPLACED = NAMES.filter((name) => name !== 'id')

const STAGE = `CREATE TEMP TABLE IF NOT EXISTS staged_sightings (
  ${Object.entries(COLUMNS)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')}) ON COMMIT DELETE ROWS`

/** The staged rows move, so that a second call in the same transaction finds the table empty. */
const MOVE = `WITH staged AS (DELETE FROM staged_sightings RETURNING *)
  INSERT INTO sightings (tenant_id, device_id, ${NAMES.join(', ')})
  SELECT $1, $2, ${NAMES.map((name) => `s.${name}`).join(', ')} FROM staged s
  WHERE NOT EXISTS (SELECT 1 FROM tombstones t
    WHERE t.tenant_id = $1 AND t.device_id = $2 AND t.kind = 'sighting' AND t.id = s.id)
  ON CONFLICT (tenant_id, device_id, id) DO UPDATE SET
    ${REPLACED.map((name) => `${name} = excluded.${name}`).join(', ')}, received_at = now()
  WHERE excluded.version > sightings.version`

/** At most one version of each sighting. */
export async function upsertSightings(
  tx: Queryable,
  { tenantId, deviceId, epoch }: EpochKey,
  sightings: readonly SightingToWrite[],
): Promise<void> {
  if (sightings.length === 0) return
  const rows = encodeCopy(
    TYPES,
    sightings.map((sighting) => valuesOf(epoch, sighting)),
  )
  await tx.query(STAGE)
  await tx.copyBinary('staged_sightings', NAMES, rows)
  await tx.query(MOVE, [tenantId, deviceId])
}

function valuesOf(epoch: string, { seq, state: s, extra }: SightingToWrite): CopyValue[] {
  return [
    s.id,
    s.version,
    epoch,
    seq,
    s.state,
    s.sourceId,
    s.sourceName,
    s.videoId,
    s.label,
    s.textPrompt,
    s.description,
    s.attributes,
    s.confidence,
    s.bbox,
    s.frameIdx,
    s.detectionId,
    s.count,
    s.trackCount,
    s.firstSeenMs,
    s.lastSeenMs,
    s.timeOrigin,
    s.spaceId,
    Buffer.from(s.vectorHash, 'hex'),
    s.mediaSha256 === null ? null : Buffer.from(s.mediaSha256, 'hex'),
    extra,
  ]
}
