// Applies checked entries: each thing is replaced only by a greater version, and never comes back once deleted.
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import type { SourceRecord } from '@sam3-fleet/shared/domain/source'
import type { EmbeddingSpace } from '@sam3-fleet/shared/domain/embedding-space'
import type { Queryable } from '../database/database.ts'
import { insertDroppedRange, type EpochKey } from './write-receipts.ts'

export interface SightingToWrite {
  seq: number
  state: Sighting
  extra: Record<string, unknown> | null
}

export async function registerSpaces(
  tx: Queryable,
  tenantId: string,
  spaces: readonly EmbeddingSpace[],
): Promise<void> {
  if (spaces.length === 0) return
  await tx.query(
    `INSERT INTO spaces (tenant_id, space_id, model, version, dimension, metric, preprocessing, identity)
     SELECT $1, s."spaceId", s.model, s.version, s.dimension, s.metric, s.preprocessing, s.identity
     FROM jsonb_to_recordset($2::jsonb) AS s("spaceId" text, model text, version text, dimension int, metric text,
       preprocessing text, identity text)
     ON CONFLICT DO NOTHING`,
    [tenantId, JSON.stringify(spaces)],
  )
}

/** Which of these vectors are stored, as `spaceId hash`. */
export async function knownVectors(
  tx: Queryable,
  tenantId: string,
  hashes: readonly string[],
): Promise<Set<string>> {
  if (hashes.length === 0) return new Set()
  const rows = await tx.query<{ key: string }>(
    `SELECT space_id || ' ' || encode(vector_hash, 'hex') AS key FROM vectors
     WHERE tenant_id = $1 AND vector_hash IN (SELECT decode(h, 'hex') FROM unnest($2::text[]) AS h)`,
    [tenantId, hashes],
  )
  return new Set(rows.map((row) => row.key))
}

export async function knownMedia(
  tx: Queryable,
  tenantId: string,
  hashes: readonly string[],
): Promise<Set<string>> {
  if (hashes.length === 0) return new Set()
  const rows = await tx.query<{ hash: string }>(
    `SELECT encode(sha256, 'hex') AS hash FROM media WHERE tenant_id = $1 AND sha256 IN (SELECT decode(h, 'hex') FROM unnest($2::text[]) AS h)`,
    [tenantId, hashes],
  )
  return new Set(rows.map((row) => row.hash))
}

const SIGHTING_COLUMNS = `version, epoch, seq, state, source_id, source_name, video_id, label, text_prompt, description, attributes,
  confidence, bbox, frame_idx, detection_id, count, track_count, first_seen, last_seen, time_origin, space_id, vector_hash,
  media_sha256, extra`

/** At most one version of each sighting. */
export async function upsertSightings(
  tx: Queryable,
  { tenantId, deviceId, epoch }: EpochKey,
  sightings: readonly SightingToWrite[],
): Promise<void> {
  if (sightings.length === 0) return
  const rows = sightings.map(({ seq, state, extra }) => ({ ...state, seq, extra }))
  await tx.query(
    `INSERT INTO sightings (tenant_id, device_id, id, ${SIGHTING_COLUMNS})
     SELECT $1, $2, s.id, s.version, $3, s.seq, s.state, s."sourceId", s."sourceName", s."videoId", s.label, s."textPrompt",
       s.description, s.attributes, s.confidence, ARRAY(SELECT jsonb_array_elements_text(s.bbox)::real), s."frameIdx",
       s."detectionId", s.count, s."trackCount", s."firstSeenMs", s."lastSeenMs", s."timeOrigin", s."spaceId",
       decode(s."vectorHash", 'hex'), decode(s."mediaSha256", 'hex'), s.extra
     FROM jsonb_to_recordset($4::jsonb) AS s(id uuid, version bigint, seq bigint, state text, "sourceId" uuid, "sourceName" text,
       "videoId" uuid, label text, "textPrompt" text, description text, attributes jsonb, confidence real, bbox jsonb,
       "frameIdx" bigint, "detectionId" bigint, count bigint, "trackCount" int, "firstSeenMs" bigint, "lastSeenMs" bigint,
       "timeOrigin" text, "spaceId" text, "vectorHash" text, "mediaSha256" text, extra jsonb)
     WHERE NOT EXISTS (SELECT 1 FROM tombstones t WHERE t.tenant_id = $1 AND t.device_id = $2 AND t.kind = 'sighting' AND t.id = s.id)
     ON CONFLICT (tenant_id, device_id, id) DO UPDATE SET (${SIGHTING_COLUMNS}, received_at) = (
       ${SIGHTING_COLUMNS.replaceAll(/\b([a-z_0-9]+)\b/g, 'excluded.$1')}, now())
     WHERE excluded.version > sightings.version`,
    [tenantId, deviceId, epoch, JSON.stringify(rows)],
  )
}

export async function upsertSources(
  tx: Queryable,
  { tenantId, deviceId, epoch }: EpochKey,
  sources: readonly { seq: number; state: SourceRecord }[],
): Promise<void> {
  if (sources.length === 0) return
  await tx.query(
    `INSERT INTO sources (tenant_id, device_id, id, version, epoch, seq, record)
     SELECT $1, $2, (s.record->>'id')::uuid, (s.record->>'version')::bigint, $3, s.seq, s.record
     FROM jsonb_to_recordset($4::jsonb) AS s(seq bigint, record jsonb)
     WHERE NOT EXISTS (SELECT 1 FROM tombstones t WHERE t.tenant_id = $1 AND t.device_id = $2 AND t.kind = 'source'
       AND t.id = (s.record->>'id')::uuid)
     ON CONFLICT (tenant_id, device_id, id) DO UPDATE
       SET version = excluded.version, epoch = excluded.epoch, seq = excluded.seq, record = excluded.record, received_at = now()
     WHERE excluded.version > sources.version`,
    [tenantId, deviceId, epoch, JSON.stringify(sources.map(({ seq, state }) => ({ seq, record: state })))],
  )
}

export interface Deletion {
  kind: 'sighting' | 'source'
  id: string
  reason: string
  atMs: number
}

export async function applyDeletions(
  tx: Queryable,
  { tenantId, deviceId }: EpochKey,
  deletions: readonly Deletion[],
): Promise<void> {
  for (const { kind, id, reason, atMs } of deletions) {
    await tx.query(
      'INSERT INTO tombstones (tenant_id, device_id, kind, id, reason, at_ms) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING',
      [tenantId, deviceId, kind, id, reason, atMs],
    )
    const table = kind === 'sighting' ? 'sightings' : 'sources'
    await tx.query(
      `UPDATE ${table} SET deleted_at = now() WHERE tenant_id = $1 AND device_id = $2 AND id = $3 AND deleted_at IS NULL`,
      [tenantId, deviceId, id],
    )
  }
}

export interface Loss {
  epoch: string
  fromSeq: number
  toSeq: number
  count: number
  reason: string
  atMs: number
  hash: string
}

/** Counted loss: the range is settled, so that the mark can move, and shown to people. */
export async function recordLosses(tx: Queryable, key: EpochKey, losses: readonly Loss[]): Promise<void> {
  for (const { epoch, fromSeq, toSeq, count, reason, atMs, hash } of losses) {
    await tx.query(
      `INSERT INTO losses (tenant_id, device_id, epoch, from_seq, to_seq, count, reason, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT DO NOTHING`,
      [key.tenantId, key.deviceId, epoch, fromSeq, toSeq, count, reason, atMs],
    )
    await insertDroppedRange(tx, { ...key, epoch }, { fromSeq, toSeq, hash })
  }
}

export interface Quarantined {
  seq: number
  kind: string
  thingId: string
  hash: string
  code: string
  reason: string
  raw: string
}

export async function insertQuarantine(
  tx: Queryable,
  { tenantId, deviceId, epoch }: EpochKey,
  rows: readonly Quarantined[],
): Promise<void> {
  if (rows.length === 0) return
  await tx.query(
    `INSERT INTO quarantine (tenant_id, device_id, epoch, seq, kind, thing_id, hash, code, reason, raw)
     SELECT $1, $2, $3, q.seq, q.kind, q."thingId", decode(q.hash, 'hex'), q.code, q.reason, q.raw
     FROM jsonb_to_recordset($4::jsonb) AS q(seq bigint, kind text, "thingId" text, hash text, code text, reason text, raw text)
     ON CONFLICT DO NOTHING`,
    // PostgreSQL's jsonb knows no NUL character; a bad entry may hold one.
    [tenantId, deviceId, epoch, JSON.stringify(rows).replaceAll('\\u0000', '\\ufffd')],
  )
}

export async function insertIncident(
  tx: Queryable,
  device: { tenantId: string; deviceId: string },
  kind: string,
  detail: object,
): Promise<void> {
  await tx.query(
    'INSERT INTO incidents (tenant_id, device_id, kind, detail) VALUES ($1, $2, $3, $4::jsonb)',
    [device.tenantId, device.deviceId, kind, JSON.stringify(detail)],
  )
}
