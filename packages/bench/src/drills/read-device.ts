// What a stopped device has, read from its SQLite file: its sightings in full, and what is wrong inside it.
import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

/** Every synced field of a sighting, in one form for both databases. */
export interface DrillSighting {
  id: string
  count: number
  spaceId: string
  vectorHash: string
  media: string | null
  [field: string]: unknown
}

export interface VideoWork {
  source: string
  /** Next frame to look at: at the clip's end when all of it was worked through. */
  framesDone: number
  /** Frames in which something was kept, and what was kept. */
  framesWithDetections: number
  detections: number
  sightings: number
  /** SHA-256 of every field of every detection and sighting but ids, in order: equal where the same was found. */
  content: string
}

export interface DeviceSide {
  epoch: string
  detections: number
  maxSeq: number
  sightings: DrillSighting[]
  /** `id version` of every source. */
  sources: string[]
  videos: VideoWork[]
  faults: string[]
}

const SIGHTINGS = `
  SELECT s.*, (SELECT count(*) FROM detections d WHERE d.sighting_id = s.id) AS kept
  FROM sightings s WHERE deleted_at_ms IS NULL ORDER BY id`
const VIDEOS = `
  SELECT v.id, s.name AS source, v.frames_done AS framesDone,
    count(DISTINCT d.frame_idx) AS framesWithDetections, count(d.detection_id) AS detections
  FROM videos v JOIN sources s ON s.id = v.source_id LEFT JOIN detections d ON d.video_id = v.id
  GROUP BY v.id ORDER BY v.created_at_ms, v.id`
const DETECTIONS_OF_VIDEO = `
  SELECT d.frame_idx, d.track_id, d.ts_ms - v.origin_ms AS at, d.label, d.text_prompt, d.confidence, d.x, d.y, d.w,
    d.h, d.mask, dense_rank() OVER (ORDER BY g.first) AS sighting
  FROM detections d JOIN videos v ON v.id = d.video_id
  JOIN (SELECT sighting_id, min(detection_id) AS first FROM detections GROUP BY sighting_id) g USING (sighting_id)
  WHERE d.video_id = ? ORDER BY d.detection_id`
const SIGHTINGS_OF_VIDEO = `
  SELECT s.label, s.text_prompt, s.description, s.attributes, s.confidence, s.x, s.y, s.w, s.h, s.frame_idx, s.count,
    s.track_count, s.first_seen_ms - v.origin_ms AS first, s.last_seen_ms - v.origin_ms AS last, s.space_id,
    s.vector_hash, s.media_sha256
  FROM sightings s JOIN videos v ON v.id = s.video_id
  WHERE s.video_id = ? AND s.deleted_at_ms IS NULL
  ORDER BY (SELECT min(detection_id) FROM detections d WHERE d.sighting_id = s.id)`
/** Each of these must find nothing. */
const MUST_BE_NONE: Readonly<Record<string, string>> = {
  'detections kept twice':
    'SELECT 1 FROM detections GROUP BY video_id, frame_idx, track_id HAVING count(*) > 1',
  'boxes kept twice in one frame':
    'SELECT 1 FROM detections GROUP BY video_id, frame_idx, label, x, y, w, h HAVING count(*) > 1',
  'detections of no sighting':
    'SELECT 1 FROM detections d WHERE NOT EXISTS (SELECT 1 FROM sightings s WHERE s.id = d.sighting_id)',
  'sightings never closed': "SELECT 1 FROM sightings WHERE state = 'open'",
  'videos not worked through': 'SELECT 1 FROM videos WHERE finished = 0',
  'sources with more than one video': 'SELECT 1 FROM videos GROUP BY source_id HAVING count(*) > 1',
  'crops that a sighting names and the device lost': `
    SELECT 1 FROM sightings s WHERE media_sha256 IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM media m WHERE m.sha256 = s.media_sha256)`,
}

/** The process must be stopped. */
export function readDevice(path: string): DeviceSide {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    const rows = db.prepare(SIGHTINGS).all()
    const state = db.prepare('SELECT epoch, next_seq - 1 AS maxSeq FROM outbox_state').get()
    return {
      epoch: String(state?.['epoch']),
      maxSeq: Number(state?.['maxSeq']),
      detections: Number(db.prepare('SELECT count(*) AS n FROM detections').get()?.['n']),
      sightings: rows.map(sighting),
      sources: db
        .prepare("SELECT id || ' ' || version AS line FROM sources WHERE deleted_at_ms IS NULL ORDER BY id")
        .all()
        .map((row) => String(row['line'])),
      videos: db
        .prepare(VIDEOS)
        .all()
        .map((row) => ({
          source: String(row['source']),
          framesDone: Number(row['framesDone']),
          framesWithDetections: Number(row['framesWithDetections']),
          detections: Number(row['detections']),
          ...contentOf(db, String(row['id'])),
        })),
      faults: [
        ...Object.entries(MUST_BE_NONE).flatMap(([what, sql]) => {
          const found = db.prepare(sql).all().length
          return found === 0 ? [] : [`device: ${found} ${what}`]
        }),
        ...rows.flatMap((row) =>
          row['kept'] === row['count']
            ? []
            : [
                `device: ${String(row['id'])} counts ${Number(row['count'])} detections, ${Number(row['kept'])} are kept`,
              ],
        ),
      ],
    }
  } finally {
    db.close()
  }
}

/** The mark that a killed device will find when it starts again. */
export function readAckedMark(path: string): number {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    return Number(db.prepare('SELECT ack_hwm AS n FROM outbox_state').get()?.['n'] ?? 0)
  } finally {
    db.close()
  }
}

function contentOf(db: DatabaseSync, videoId: string): Pick<VideoWork, 'sightings' | 'content'> {
  const detections = db.prepare(DETECTIONS_OF_VIDEO).all(videoId)
  const sightings = db.prepare(SIGHTINGS_OF_VIDEO).all(videoId)
  const content = createHash('sha256')
    .update(JSON.stringify([detections, sightings]))
    .digest('hex')
  return { sightings: sightings.length, content }
}

function sighting(row: Record<string, unknown>): DrillSighting {
  return {
    id: String(row['id']),
    version: Number(row['version']),
    seq: Number(row['outbox_seq']),
    state: row['state'],
    sourceId: row['source_id'],
    sourceName: row['source_name'],
    videoId: row['video_id'],
    label: row['label'],
    textPrompt: row['text_prompt'],
    description: row['description'],
    attributes: sorted(JSON.parse(String(row['attributes']))),
    confidence: Math.fround(Number(row['confidence'])),
    bbox: ['x', 'y', 'w', 'h'].map((side) => Math.fround(Number(row[side]))),
    frameIdx: Number(row['frame_idx']),
    detectionId: Number(row['detection_id']),
    count: Number(row['count']),
    trackCount: Number(row['track_count']),
    firstSeenMs: Number(row['first_seen_ms']),
    lastSeenMs: Number(row['last_seen_ms']),
    timeOrigin: row['time_origin'],
    spaceId: String(row['space_id']),
    vectorHash: String(row['vector_hash']),
    media: nullable(row['media_sha256']),
  }
}

export function nullable(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** JSON with its keys in order, so that two databases can be compared. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}
