// Applies checked entries: each thing is replaced only by a greater version, and never comes back once deleted.
import type { SourceRecord } from '@sam3-fleet/shared/domain/source'
import type { EmbeddingSpace } from '@sam3-fleet/shared/domain/embedding-space'
import type { Queryable } from '../database/database.ts'
import type { EpochKey } from './write-receipts.ts'

/** Keeps spaces that are new. @returns the names of those that are known with another dimension. */
export async function registerSpaces(
  tx: Queryable,
  tenantId: string,
  spaces: readonly EmbeddingSpace[],
): Promise<Set<string>> {
  if (spaces.length === 0) return new Set()
  const given = [tenantId, JSON.stringify(spaces)]
  const RECORD = `jsonb_to_recordset($2::jsonb) AS s("spaceId" text, model text, version text, dimension int, metric text,
       preprocessing text, identity text)`
  await tx.query(
    `INSERT INTO spaces (tenant_id, space_id, model, version, dimension, metric, preprocessing, identity)
     SELECT $1, s."spaceId", s.model, s.version, s.dimension, s.metric, s.preprocessing, s.identity FROM ${RECORD}
     ON CONFLICT DO NOTHING`,
    given,
  )
  const rows = await tx.query<{ space_id: string }>(
    `SELECT k.space_id FROM ${RECORD} JOIN spaces k ON k.tenant_id = $1 AND k.space_id = s."spaceId"
     WHERE k.dimension <> s.dimension`,
    given,
  )
  return new Set(rows.map((row) => row.space_id))
}

/** A vector by the space that it is of, and its hash. */
export interface VectorName {
  spaceId: string
  hash: string
}

/** Which of these vectors are stored, as `spaceId hash`. */
export async function knownVectors(
  tx: Queryable,
  tenantId: string,
  names: readonly VectorName[],
): Promise<Set<string>> {
  if (names.length === 0) return new Set()
  const rows = await tx.query<{ key: string }>(
    `SELECT n.space_id || ' ' || n.hash AS key FROM unnest($2::text[], $3::text[]) AS n(space_id, hash)
     JOIN vectors v ON v.tenant_id = $1 AND v.space_id = n.space_id AND v.vector_hash = decode(n.hash, 'hex')`,
    [tenantId, names.map(({ spaceId }) => spaceId), names.map(({ hash }) => hash)],
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
}

/** Counted loss: the range is settled, so that the mark can move, and shown to people. The widest of a beginning stays. */
export async function recordLosses(tx: Queryable, key: EpochKey, losses: readonly Loss[]): Promise<void> {
  for (const { epoch, fromSeq, toSeq, count, reason, atMs } of losses)
    await tx.query(
      `INSERT INTO losses (tenant_id, device_id, epoch, from_seq, to_seq, count, reason, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (tenant_id, device_id, epoch, from_seq) DO UPDATE SET to_seq = excluded.to_seq, count = excluded.count
       WHERE excluded.to_seq > losses.to_seq`,
      [key.tenantId, key.deviceId, epoch, fromSeq, toSeq, count, reason, atMs],
    )
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

/** @returns the numbers of those that were not there before. */
export async function insertQuarantine(
  tx: Queryable,
  { tenantId, deviceId, epoch }: EpochKey,
  rows: readonly Quarantined[],
): Promise<Set<number>> {
  if (rows.length === 0) return new Set()
  const column = (read: (row: Quarantined) => string): string[] => rows.map((row) => storableText(read(row)))
  const added = await tx.query<{ seq: number }>(
    `INSERT INTO quarantine (tenant_id, device_id, epoch, seq, kind, thing_id, hash, code, reason, raw)
     SELECT $1, $2, $3, q.seq, q.kind, q.thing_id, decode(q.hash, 'hex'), q.code, q.reason, q.raw
     FROM unnest($4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
       AS q(seq, kind, thing_id, hash, code, reason, raw)
     ON CONFLICT DO NOTHING RETURNING seq`,
    [
      tenantId,
      deviceId,
      epoch,
      rows.map(({ seq }) => seq),
      column(({ kind }) => kind),
      column(({ thingId }) => thingId),
      column(({ hash }) => hash),
      column(({ code }) => code),
      column(({ reason }) => reason),
      column(({ raw }) => raw),
    ],
  )
  return new Set(added.map((row) => Number(row.seq)))
}

/** Why these entries were set aside before; by number. */
export async function quarantinedBefore(
  tx: Queryable,
  { tenantId, deviceId, epoch }: EpochKey,
  entries: readonly { seq: number; hash: string }[],
): Promise<{ seq: number; code: string; reason: string }[]> {
  if (entries.length === 0) return []
  return await tx.query(
    `SELECT q.seq, q.code, q.reason FROM unnest($4::bigint[], $5::text[]) AS e(seq, hash)
     JOIN quarantine q ON q.tenant_id = $1 AND q.device_id = $2 AND q.epoch = $3 AND q.seq = e.seq
       AND q.hash = decode(e.hash, 'hex') ORDER BY q.seq`,
    [tenantId, deviceId, epoch, entries.map(({ seq }) => seq), entries.map(({ hash }) => hash)],
  )
}

/** PostgreSQL's text knows no NUL; a bad entry may hold one, or half a character. */
function storableText(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed()
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
