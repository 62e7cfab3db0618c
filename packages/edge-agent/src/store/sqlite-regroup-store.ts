// Joins of one recording in SQLite: read by track, and changed in one transaction with the outbox entries.
import type { Database } from 'better-sqlite3'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { coloursFromText } from './detection-colours.ts'
import { sightingDeletion } from './sighting-deletion.ts'
import type { EnqueueEntry } from './outbox.ts'
import type { SightingVersion } from './pipeline-store.ts'
import type { Regrouping, RegroupStore, TrackDetection } from './regroup-store.ts'
import { SIGHTING_COLUMNS, sightingFromRow, type SightingRow } from './sighting-row.ts'
import { createCropAnnouncer } from './announce-crop.ts'
import { createSightingWriter } from './sqlite-sighting-writer.ts'

export interface SqliteRegroupStoreOptions {
  deviceId: string
  enqueue: EnqueueEntry
  nowMs: () => number
  newId: () => string
  /** Called after each commit, so that the index can follow. */
  onCommitted?: (versions: readonly SightingVersion[]) => void
}

interface TrackRow {
  trackId: number
  sightingId: string
  firstDetectionId: number
  detections: number
  firstMs: number
  lastMs: number
  placedMs: number | null
  endedMs: number | null
}

interface DetectionRow extends Omit<TrackDetection, 'bbox' | 'colours' | 'beside'> {
  x: number
  y: number
  w: number
  h: number
  colours: string | null
  beside: string | null
}

const COLUMNS = SIGHTING_COLUMNS.map((column) => `s.${column}`).join(', ')

export function createSqliteRegroupStore(db: Database, options: SqliteRegroupStoreOptions): RegroupStore {
  const writeSighting = createSightingWriter(db, options.deviceId, options.enqueue)
  const announceCrop = createCropAnnouncer(db, options.enqueue)
  const byId = db.prepare<[string], SightingRow>(
    `SELECT ${COLUMNS} FROM sightings s WHERE s.id = ? AND s.deleted_at_ms IS NULL`,
  )
  const videos = db.prepare<[string], { id: string }>(
    `SELECT v.id FROM videos v WHERE v.source_id = ? AND EXISTS
       (SELECT 1 FROM sightings s WHERE s.video_id = v.id AND s.deleted_at_ms IS NULL) ORDER BY v.created_at_ms, v.id`,
  )
  const inWork = db.prepare<[{ videoId: string }], { found: number }>(
    `SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM checkpoints WHERE video_id = @videoId) OR EXISTS
       (SELECT 1 FROM sightings WHERE video_id = @videoId AND state = 'open' AND deleted_at_ms IS NULL)`,
  )
  const sightings = db.prepare<[string], SightingRow & { exemplar_track_id: number | null }>(
    `SELECT ${COLUMNS}, d.track_id AS exemplar_track_id FROM sightings s
     LEFT JOIN detections d ON d.detection_id = s.detection_id AND d.sighting_id = s.id
     WHERE s.video_id = ? AND s.deleted_at_ms IS NULL
       AND EXISTS (SELECT 1 FROM detections e WHERE e.sighting_id = s.id)`,
  )
  const tracks = db.prepare<[string], TrackRow>(
    `SELECT d.*, t.placed_ms AS placedMs, t.ended_ms AS endedMs FROM
       (SELECT video_id, track_id AS trackId, sighting_id AS sightingId, min(detection_id) AS firstDetectionId,
          count(*) AS detections, min(ts_ms) AS firstMs, max(ts_ms) AS lastMs
        FROM detections WHERE video_id = ? GROUP BY track_id) d
     LEFT JOIN tracks t ON t.video_id = d.video_id AND t.track_id = d.trackId`,
  )
  const detections = db.prepare<[string, number], DetectionRow>(
    `SELECT detection_id AS detectionId, track_id AS trackId, frame_idx AS frameIdx, ts_ms AS tsMs, label,
       text_prompt AS textPrompt, confidence, x, y, w, h, colours, beside, media_sha256 AS mediaSha256
     FROM detections WHERE video_id = ? AND track_id = ? ORDER BY detection_id`,
  )
  const crop = db.prepare<[string], { content: Uint8Array }>('SELECT content FROM media WHERE sha256 = ?')
  const move = db.prepare('UPDATE detections SET sighting_id = ? WHERE video_id = ? AND track_id = ?')
  const markDeleted = db.prepare('UPDATE sightings SET deleted_at_ms = ? WHERE id = ?')
  const isInWork = (videoId: string): boolean => inWork.get({ videoId }) !== undefined

  const commit = db.transaction(({ videoId, basedOn, moves, versions, gone }: Regrouping): void => {
    const isStale = basedOn.some(({ id, version }) => byId.get(id)?.version !== version)
    if (isStale || isInWork(videoId))
      throw new FleetError('CONFLICT', `the sightings of recording ${videoId} have changed meanwhile`, {
        hint: 'Ask again: it is decided anew on what they are now.',
      })
    const cropsBefore = new Set(basedOn.map(({ id }) => byId.get(id)?.media_sha256))
    for (const { trackId, sightingId } of moves) move.run(sightingId, videoId, trackId)
    for (const version of versions) {
      writeSighting(version)
      const { id, mediaSha256 } = version.sighting
      // A crop that no sighting showed lately may be one that the centre never had, or had in another life.
      if (mediaSha256 !== null && !cropsBefore.has(mediaSha256)) announceCrop(mediaSha256, id)
    }
    const atMs = options.nowMs()
    for (const id of gone) {
      markDeleted.run(atMs, id)
      options.enqueue(sightingDeletion({ id, atMs, entryId: options.newId() }))
    }
  })

  return {
    sighting(id) {
      const row = byId.get(id)
      return row ? sightingFromRow(row) : null
    },
    videosWithSightings: (sourceId) => videos.all(sourceId).map(({ id }) => id),
    isInWork,
    sightings: (videoId) =>
      sightings.all(videoId).map(({ exemplar_track_id: exemplarTrackId, ...row }) => ({
        sighting: sightingFromRow(row),
        exemplarTrackId,
      })),
    tracks: (videoId) =>
      tracks.all(videoId).map(({ firstMs, lastMs, placedMs, endedMs, ...track }) => ({
        trackId: track.trackId,
        sightingId: track.sightingId,
        firstDetectionId: track.firstDetectionId,
        detections: track.detections,
        placedMs: placedMs ?? firstMs,
        endedMs: endedMs ?? (placedMs === null ? lastMs : Infinity),
      })),
    detections: (videoId, trackId) =>
      detections.all(videoId, trackId).map(({ x, y, w, h, colours, beside, ...detection }) => ({
        ...detection,
        bbox: [x, y, w, h],
        colours: coloursFromText(colours),
        beside: beside === '' ? [] : (beside?.split(',') ?? null),
      })),
    crop: (sha256) => crop.get(sha256)?.content ?? null,
    commit(regrouping) {
      commit.immediate(regrouping)
      options.onCommitted?.(regrouping.versions)
    },
  }
}
