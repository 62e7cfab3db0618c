// Rows for tests of the reading half, written straight into the tables as ingest would leave them.
import { createHash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { EmbeddingSpace } from '@sam3-fleet/shared/domain/embedding-space'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import type { DeviceStatus } from '@sam3-fleet/shared/fleet/device-status'
import { toF16Bytes } from '@sam3-fleet/shared/vector/vector'
import type { Queryable } from '../database/database.ts'
import { vectorLiteral } from '../store/nearest-sightings.ts'

export const SEED_TIME_MS = 1_700_000_000_000
export const SOURCE_ID = '0190a000-0000-7000-8000-000000000001'
const VIDEO_ID = '0190a000-0000-7000-8000-000000000002'

export interface SeedDevice {
  deviceId: string
  tenantId?: string
  name?: string
  presence?: 'online' | 'offline' | 'unknown'
  hwm?: number
  maxSeq?: number
  labels?: string[]
  status?: DeviceStatus | null
  statusAtMs?: number
  /** False: enrolled, never heard of. */
  heard?: boolean
}

/** Returns the epoch it is in. */
export async function seedDevice(db: Queryable, device: SeedDevice): Promise<string> {
  const tenantId = device.tenantId ?? DEFAULT_TENANT
  const epoch = uuidv7()
  const heard = device.heard !== false
  const atMs = device.statusAtMs ?? SEED_TIME_MS
  await db.query(
    `INSERT INTO devices (tenant_id, device_id, name, enrolled_at, agent_version, pack, spaces, current_epoch, presence,
       presence_at, last_hello_at, last_status, last_status_at)
     VALUES ($1, $2, $3, $4, '1.0.0', $5::text::jsonb, '[]'::jsonb, $6::uuid, $7, $8, $8, $9::text::jsonb, $10)`,
    [
      tenantId,
      device.deviceId,
      device.name ?? device.deviceId,
      new Date(SEED_TIME_MS - 86_400_000),
      JSON.stringify({ id: 'pack', version: '1', labels: device.labels ?? ['person', 'car'] }),
      heard ? epoch : null,
      device.presence ?? (heard ? 'online' : 'unknown'),
      heard ? new Date(SEED_TIME_MS - 60_000) : null,
      device.status ? JSON.stringify(device.status) : null,
      device.status ? new Date(atMs) : null,
    ],
  )
  await db.query(
    `INSERT INTO epochs (tenant_id, device_id, epoch, hwm, max_seq_seen) VALUES ($1, $2, $3::uuid, $4, $5)`,
    [tenantId, device.deviceId, epoch, device.hwm ?? 0, device.maxSeq ?? device.hwm ?? 0],
  )
  return epoch
}

export function deviceStatus(sync: Partial<DeviceStatus['sync']> = {}): DeviceStatus {
  return {
    wallMs: SEED_TIME_MS,
    uptimeS: 100,
    sync: {
      maxSeq: 0,
      ackedHwm: 0,
      backlogEntries: 0,
      backlogBytes: 0,
      inFlightBatches: 0,
      sentEntries: 0,
      sentBytes: 0,
      resentBatches: 0,
      reconnects: 0,
      heldBytes: 0,
      lastError: null,
      oldestUnackedMs: null,
      ...sync,
    },
    sources: [],
    jobs: [],
    totals: { detections: 0, sightings: 0, vectors: 0 },
    pipeline: { framesPerS: 5, detectMsP50: 100, framesDropped: 0 },
    disk: { usedBytes: 1, freeBytes: 2, paused: false },
    temperatureC: 50,
    warnings: [],
  }
}

export function space(spaceId: string, dimension: number): EmbeddingSpace {
  return {
    spaceId,
    model: 'test',
    version: '1',
    dimension,
    metric: 'cosine',
    preprocessing: 'none',
    identity: 'none',
  }
}

export async function seedSpace(db: Queryable, of: EmbeddingSpace, tenantId = DEFAULT_TENANT): Promise<void> {
  await db.query(
    `INSERT INTO spaces (tenant_id, space_id, model, version, dimension, metric, preprocessing, identity)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [tenantId, of.spaceId, of.model, of.version, of.dimension, of.metric, of.preprocessing, of.identity],
  )
}

export interface SeedSighting extends Partial<Sighting> {
  deviceId: string
  tenantId?: string
  epoch: string
  seq: number
  vector: Float32Array
  spaceId: string
  extra?: Record<string, unknown>
  deleted?: boolean
}

export function sightingOf(seed: Partial<Sighting> & { spaceId: string; vectorHash: string }): Sighting {
  return {
    id: uuidv7(),
    version: 1,
    state: 'closed',
    sourceId: SOURCE_ID,
    sourceName: 'Gate',
    videoId: VIDEO_ID,
    label: 'person',
    textPrompt: null,
    description: 'a person, small, in the middle of the picture',
    attributes: { colours: [], size: 'small', place: 'centre', movement: '' },
    confidence: 0.9,
    bbox: [0.1, 0.2, 0.3, 0.4],
    frameIdx: 5,
    detectionId: 7,
    count: 3,
    trackCount: 1,
    firstSeenMs: SEED_TIME_MS,
    lastSeenMs: SEED_TIME_MS + 1_000,
    timeOrigin: 'live',
    mediaSha256: null,
    ...seed,
  }
}

export function vectorHashOf(vector: Float32Array): string {
  return createHash('sha256').update(toF16Bytes(vector)).digest('hex')
}

/** Returns the record that was stored. */
export async function seedSighting(db: Queryable, seed: SeedSighting): Promise<Sighting> {
  const tenantId = seed.tenantId ?? DEFAULT_TENANT
  const { deviceId, tenantId: _, epoch, seq, vector, extra, deleted, ...fields } = seed
  const record = sightingOf({ ...fields, vectorHash: vectorHashOf(vector) })
  await db.query(
    `INSERT INTO vectors (tenant_id, space_id, vector_hash, embedding)
     VALUES ($1, $2, decode($3, 'hex'), $4::text::halfvec) ON CONFLICT DO NOTHING`,
    [tenantId, record.spaceId, record.vectorHash, vectorLiteral(vector)],
  )
  await db.query(
    `INSERT INTO sightings (tenant_id, device_id, id, version, epoch, seq, state, source_id, source_name, video_id, label,
       text_prompt, description, attributes, confidence, bbox, frame_idx, detection_id, count, track_count, first_seen,
       last_seen, time_origin, space_id, vector_hash, media_sha256, extra, deleted_at)
     VALUES ($1, $2, $3::uuid, $4, $5::uuid, $6, $7, $8::uuid, $9, $10::uuid, $11, $12, $13, $14::text::jsonb, $15,
       $16::text::real[], $17, $18, $19, $20, $21, $22, $23, $24, decode($25, 'hex'), decode($26, 'hex'),
       $27::text::jsonb, $28)`,
    [
      tenantId,
      deviceId,
      record.id,
      record.version,
      epoch,
      seq,
      record.state,
      record.sourceId,
      record.sourceName,
      record.videoId,
      record.label,
      record.textPrompt,
      record.description,
      JSON.stringify(record.attributes),
      record.confidence,
      `{${record.bbox.join(',')}}`,
      record.frameIdx,
      record.detectionId,
      record.count,
      record.trackCount,
      record.firstSeenMs,
      record.lastSeenMs,
      record.timeOrigin,
      record.spaceId,
      record.vectorHash,
      record.mediaSha256,
      extra ? JSON.stringify(extra) : null,
      deleted ? new Date(SEED_TIME_MS) : null,
    ],
  )
  return record
}

/** Many more like one that is there, with ids of their own. */
export async function copySighting(
  db: Queryable,
  { tenantId, id, copies }: { tenantId: string; id: string; copies: number },
): Promise<void> {
  await db.query(
    `INSERT INTO sightings SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(), 'seq', n + 1))).*
     FROM sightings s, generate_series(0, $3::int) n WHERE s.tenant_id = $1 AND s.id = $2::uuid`,
    [tenantId, id, copies - 1],
  )
}

export async function seedQuarantine(
  db: Queryable,
  { deviceId, epoch, seq }: { deviceId: string; epoch: string; seq: number },
): Promise<void> {
  await db.query(
    `INSERT INTO quarantine (tenant_id, device_id, epoch, seq, kind, thing_id, hash, code, reason, raw)
     VALUES ($1, $2, $3::uuid, $4, 'sighting', 'thing', $5, 'INVALID_INPUT', 'its label is missing', '{}')`,
    [DEFAULT_TENANT, deviceId, epoch, seq, new Uint8Array([seq])],
  )
}

export async function seedSource(db: Queryable, deviceId: string, name: string): Promise<void> {
  const record = {
    id: SOURCE_ID,
    version: 1,
    name,
    kind: 'rtsp',
    uri: 'rtsp://camera/1',
    prompts: [],
    detectFps: 5,
    enabled: true,
    state: 'running',
    stateDetail: '',
  }
  await db.query(
    `INSERT INTO sources (tenant_id, device_id, id, version, epoch, seq, record)
     VALUES ($1, $2, $3::uuid, 1, $4::uuid, 1, $5::text::jsonb)`,
    [DEFAULT_TENANT, deviceId, SOURCE_ID, uuidv7(), JSON.stringify(record)],
  )
}

export async function setPresence(db: Queryable, deviceId: string, presence: string): Promise<void> {
  await db.query('UPDATE devices SET presence = $2 WHERE device_id = $1', [deviceId, presence])
}
