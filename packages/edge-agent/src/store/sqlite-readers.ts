// What search and the API read: sightings by vector, detections, groups, and pages for export. One function a query.
import type { Database } from 'better-sqlite3'
import type { RleMask } from '@sam3-fleet/shared/domain/geometry'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import { SIGHTING_COLUMNS, sightingFromRow, type SightingRow } from './sighting-row.ts'

export interface StoredDetection {
  detectionId: number
  epoch: string
  videoId: string
  sourceId: string
  sightingId: string
  trackId: number
  frameIdx: number
  tsMs: number
  label: string
  textPrompt: string | null
  confidence: number
  bbox: [number, number, number, number]
  mask: RleMask | null
}

interface DetectionRow {
  detection_id: number
  epoch: string
  video_id: string
  source_id: string
  sighting_id: string
  track_id: number
  frame_idx: number
  ts_ms: number
  label: string
  text_prompt: string | null
  confidence: number
  x: number
  y: number
  w: number
  h: number
  mask: string | null
}

/** Conditions of a search on this device; all apply inside it. */
export interface SightingFilter {
  sources?: readonly string[] | undefined
  labels?: readonly string[] | undefined
  fromMs?: number | undefined
  toMs?: number | undefined
  minConfidence?: number | undefined
  /** Only things whose newest outbox entry is above this seq. */
  sinceSeq?: number | undefined
}

export interface ObjectGroup {
  label: string
  count: number
  sightings: number
  avgConfidence: number
}

const COLUMNS = SIGHTING_COLUMNS.map((column) => `s.${column}`).join(', ')
const FILTER = `s.deleted_at_ms IS NULL
  AND (@sources IS NULL OR s.source_id IN (SELECT value FROM json_each(@sources)))
  AND (@labels IS NULL OR s.label IN (SELECT value FROM json_each(@labels)))
  AND (@fromMs IS NULL OR s.last_seen_ms >= @fromMs) AND (@toMs IS NULL OR s.first_seen_ms <= @toMs)
  AND (@minConfidence IS NULL OR s.confidence >= @minConfidence) AND (@sinceSeq IS NULL OR s.outbox_seq > @sinceSeq)`

function filterParameters(filter: SightingFilter): Record<string, string | number | null> {
  return {
    sources: filter.sources ? JSON.stringify(filter.sources) : null,
    labels: filter.labels ? JSON.stringify(filter.labels) : null,
    fromMs: filter.fromMs ?? null,
    toMs: filter.toMs ?? null,
    minConfidence: filter.minConfidence ?? null,
    sinceSeq: filter.sinceSeq ?? null,
  }
}

const GROUP_KEYS = {
  label: 's.label',
  colour: "coalesce(json_extract(s.attributes, '$.colours[0].name'), '')",
  source: 's.source_name',
  prompt: "coalesce(s.text_prompt, '')",
} as const
export type GroupBy = keyof typeof GROUP_KEYS

export type SqliteReaders = ReturnType<typeof createSqliteReaders>

export function createSqliteReaders(db: Database) {
  const byVectors = db.prepare<[Record<string, unknown>], SightingRow>(
    `SELECT ${COLUMNS} FROM sightings s WHERE s.space_id = @spaceId AND s.vector_hash IN (SELECT value FROM json_each(@hashes)) AND ${FILTER}`,
  )
  const newest = db.prepare<[Record<string, unknown>], SightingRow>(
    `SELECT ${COLUMNS} FROM sightings s WHERE ${FILTER} ORDER BY s.last_seen_ms DESC, s.id DESC LIMIT @limit`,
  )
  const sighting = db.prepare<[string], SightingRow>(
    `SELECT ${COLUMNS} FROM sightings s WHERE s.id = ? AND s.deleted_at_ms IS NULL`,
  )
  const detection = db.prepare<[number], DetectionRow>('SELECT * FROM detections WHERE detection_id = ?')
  const ofSighting = db.prepare<[string, number], DetectionRow>(
    'SELECT * FROM detections WHERE sighting_id = ? ORDER BY detection_id LIMIT ?',
  )
  const page = db.prepare<[number, number], DetectionRow>(
    'SELECT * FROM detections WHERE detection_id > ? ORDER BY detection_id LIMIT ?',
  )
  const media = db.prepare<
    [string],
    { content: Uint8Array; content_type: string; width: number; height: number }
  >('SELECT content, content_type, width, height FROM media WHERE sha256 = ?')
  const vectorsAfter = db.prepare<[string, string, number], { hash: string; f16: Uint8Array }>(
    'SELECT hash, f16 FROM vectors WHERE space_id = ? AND hash > ? ORDER BY hash LIMIT ?',
  )
  const vector = db.prepare<[string, string], { f16: Uint8Array }>(
    'SELECT f16 FROM vectors WHERE space_id = ? AND hash = ?',
  )
  const countVectors = db.prepare<[string], { count: number }>(
    'SELECT count(*) AS count FROM vectors WHERE space_id = ?',
  )
  const totals = db.prepare<[], { detections: number; sightings: number; vectors: number }>(
    `SELECT (SELECT count(*) FROM detections) AS detections, (SELECT count(*) FROM sightings WHERE deleted_at_ms IS NULL) AS sightings,
       (SELECT count(*) FROM vectors) AS vectors`,
  )

  return {
    sightingsByVectors: (spaceId: string, hashes: readonly string[], filter: SightingFilter): Sighting[] =>
      byVectors
        .all({ spaceId, hashes: JSON.stringify(hashes), ...filterParameters(filter) })
        .map(sightingFromRow),
    newestSightings: (filter: SightingFilter, limit: number): Sighting[] =>
      newest.all({ limit, ...filterParameters(filter) }).map(sightingFromRow),
    sighting(id: string): Sighting | null {
      const row = sighting.get(id)
      return row ? sightingFromRow(row) : null
    },
    detection(id: number): StoredDetection | null {
      const row = detection.get(id)
      return row ? detectionFromRow(row) : null
    },
    detectionsOfSighting: (id: string, limit: number): StoredDetection[] =>
      ofSighting.all(id, limit).map(detectionFromRow),
    /** Keyset page in the order of ids, for export. */
    detectionsAfter: (afterId: number, limit: number): StoredDetection[] =>
      page.all(afterId, limit).map(detectionFromRow),
    media: (sha256: string) => media.get(sha256) ?? null,
    /** Keyset page in the order of hashes. */
    vectorsAfter: (spaceId: string, afterHash: string, limit: number) =>
      vectorsAfter.all(spaceId, afterHash, limit),
    vectorF16: (spaceId: string, hash: string): Uint8Array | null => vector.get(spaceId, hash)?.f16 ?? null,
    vectorCount: (spaceId: string): number => countVectors.get(spaceId)?.count ?? 0,
    /** Bytes of the database file, without its log. */
    /** Bytes of the database that hold something, and of pages that are free to be used again. */
    databaseBytes(): { usedBytes: number; reusableBytes: number } {
      const [pages, free, pageBytes] = ['page_count', 'freelist_count', 'page_size'].map(
        (name) => db.pragma(name, { simple: true }) as number,
      ) as [number, number, number]
      return { usedBytes: (pages - free) * pageBytes, reusableBytes: free * pageBytes }
    },
    totals: () => totals.get() ?? { detections: 0, sightings: 0, vectors: 0 },
    objects(by: GroupBy): ObjectGroup[] {
      return db
        .prepare<[], { label: string; count: number; sightings: number; avg_confidence: number }>(
          `SELECT ${GROUP_KEYS[by]} AS label, sum(s.count) AS count, count(*) AS sightings, avg(s.confidence) AS avg_confidence
           FROM sightings s WHERE s.deleted_at_ms IS NULL GROUP BY 1 ORDER BY 2 DESC, 1`,
        )
        .all()
        .map((row) => ({
          label: row.label,
          count: row.count,
          sightings: row.sightings,
          avgConfidence: row.avg_confidence,
        }))
    },
  }
}

function detectionFromRow(row: DetectionRow): StoredDetection {
  return {
    detectionId: row.detection_id,
    epoch: row.epoch,
    videoId: row.video_id,
    sourceId: row.source_id,
    sightingId: row.sighting_id,
    trackId: row.track_id,
    frameIdx: row.frame_idx,
    tsMs: row.ts_ms,
    label: row.label,
    textPrompt: row.text_prompt,
    confidence: row.confidence,
    bbox: [row.x, row.y, row.w, row.h],
    mask: row.mask === null ? null : (JSON.parse(row.mask) as RleMask),
  }
}
