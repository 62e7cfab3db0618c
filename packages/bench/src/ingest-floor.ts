// The least that any ingest of these rows must do in this database: COPY into staging, INSERT ... ON CONFLICT, commit.
// Into tables of the same shape and with the same indexes as the product's, without checks, receipts or acks.
import { encodeCopy, type CopyType } from '@sam3-fleet/aggregator/database/copy-encoder'
import type { Database } from '@sam3-fleet/aggregator/database/database'
import type { DeviceLoad } from './ingest-batches.ts'

/** Rows of one transaction: where COPY with upsert stops getting faster. */
const ROWS_PER_COMMIT = 2_048
const TENANT = 'floor'
const DEVICE = 'floor-device'
const EPOCH = '00000000-0000-4000-8000-000000000000'

const SIGHTING_COLUMNS = {
  tenant_id: 'text',
  device_id: 'text',
  id: 'uuid',
  version: 'int8',
  epoch: 'uuid',
  seq: 'int8',
  state: 'text',
  source_id: 'uuid',
  source_name: 'text',
  video_id: 'uuid',
  label: 'text',
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
} as const satisfies Record<string, CopyType>
const VECTOR_COLUMNS = {
  tenant_id: 'text',
  space_id: 'text',
  vector_hash: 'bytea',
  embedding: 'halfvec',
} as const satisfies Record<string, CopyType>

export interface FloorBlock {
  sightings: Uint8Array
  vectors: Uint8Array
}

export function encodeFloor(sightings: DeviceLoad['sightings']): FloorBlock[] {
  const blocks: FloorBlock[] = []
  for (let from = 0; from < sightings.length; from += ROWS_PER_COMMIT) {
    const rows = sightings.slice(from, from + ROWS_PER_COMMIT)
    blocks.push({
      sightings: encodeCopy(
        Object.values(SIGHTING_COLUMNS),
        rows.map(({ state: s }, at) => [
          TENANT,
          DEVICE,
          s.id,
          s.version,
          EPOCH,
          from + at + 1,
          s.state,
          s.sourceId,
          s.sourceName,
          s.videoId,
          s.label,
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
        ]),
      ),
      vectors: encodeCopy(
        Object.values(VECTOR_COLUMNS),
        rows.map(({ state, f16 }) => [TENANT, state.spaceId, Buffer.from(state.vectorHash, 'hex'), f16]),
      ),
    })
  }
  return blocks
}

export async function prepareFloor(db: Database): Promise<void> {
  await db.query('CREATE UNLOGGED TABLE floor_sightings (LIKE sightings INCLUDING DEFAULTS)')
  await db.query('CREATE UNLOGGED TABLE floor_vectors (LIKE vectors)')
}

/** Leaves its rows in the product's tables; empty them after. */
export async function runFloor(db: Database, blocks: readonly FloorBlock[]): Promise<void> {
  for (const { sightings, vectors } of blocks)
    await db.transaction(async (tx) => {
      await tx.query('TRUNCATE floor_sightings, floor_vectors')
      await tx.copyBinary('floor_vectors', Object.keys(VECTOR_COLUMNS), vectors)
      await tx.query('INSERT INTO vectors SELECT * FROM floor_vectors ON CONFLICT DO NOTHING')
      await tx.copyBinary('floor_sightings', Object.keys(SIGHTING_COLUMNS), sightings)
      await tx.query(
        `INSERT INTO sightings SELECT * FROM floor_sightings ON CONFLICT (tenant_id, device_id, id)
         DO UPDATE SET version = excluded.version WHERE excluded.version > sightings.version`,
      )
    })
}
