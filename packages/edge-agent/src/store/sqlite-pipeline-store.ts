// The stages' store in SQLite: one commit is one transaction, outbox entries included.
import type { Database } from 'better-sqlite3'
import type { EmbeddingSpace } from '@sam3-fleet/shared/domain/embedding-space'
import { must } from '@sam3-fleet/shared/errors/fleet-error'
import type { EnqueueEntry } from './outbox.ts'
import type { NewDetection, PipelineCommit, PipelineStore } from './pipeline-store.ts'
import { SIGHTING_COLUMNS, sightingFromRow, type SightingRow } from './sighting-row.ts'
import { coloursToText } from './detection-colours.ts'
import { createSqliteCheckpoints } from './sqlite-checkpoints.ts'
import { createSightingWriter } from './sqlite-sighting-writer.ts'

export interface SqlitePipelineStoreOptions {
  deviceId: string
  enqueue: EnqueueEntry
  /** Called after each commit with what it brought, so that indexes and totals can follow. */
  onCommitted?: (work: PipelineCommit) => void
}

export interface SqlitePipelineStore extends PipelineStore {
  /** Keeps the description of a space that vectors belong to. */
  registerSpace(space: EmbeddingSpace): void
}

export function createSqlitePipelineStore(
  db: Database,
  options: SqlitePipelineStoreOptions,
): SqlitePipelineStore {
  const { deviceId } = options
  const writeSighting = createSightingWriter(db, deviceId, options.enqueue)
  const epochOf = db.prepare<[], { epoch: string }>('SELECT epoch FROM outbox_state')
  const insertDetection = db.prepare(
    `INSERT INTO detections (device_id, epoch, detection_id, video_id, source_id, sighting_id, track_id, frame_idx, ts_ms,
       label, text_prompt, confidence, x, y, w, h, mask, colours, beside)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const insertTrack = db.prepare(
    'INSERT OR REPLACE INTO tracks (device_id, video_id, track_id, placed_ms, ended_ms) VALUES (?, ?, ?, ?, ?)',
  )
  const advance = db.prepare(
    `UPDATE videos SET frames_done = max(frames_done, ?), finished = max(finished, ?), last_detection_id = ?
     WHERE id = ?`,
  )
  const checkpoints = createSqliteCheckpoints(db, deviceId)
  const selectVideo = db.prepare<[string], { frames_done: number }>(
    'SELECT frames_done FROM videos WHERE id = ?',
  )
  const openWhere = (column: 'video_id' | 'source_id') =>
    db.prepare<[string], SightingRow & { f16: Uint8Array }>(
      `SELECT ${SIGHTING_COLUMNS.map((name) => `s.${name}`).join(', ')}, v.f16 FROM sightings s
       JOIN vectors v ON v.space_id = s.space_id AND v.hash = s.vector_hash
       WHERE s.${column} = ? AND s.state = 'open' AND s.deleted_at_ms IS NULL`,
    )
  const [openOfVideo, openOfSource] = [openWhere('video_id'), openWhere('source_id')]
  const countKept = db.prepare<[string], { count: number; tracks: number; lastMs: number | null }>(
    'SELECT count(*) AS count, count(DISTINCT track_id) AS tracks, max(ts_ms) AS lastMs FROM detections WHERE sighting_id = ?',
  )
  const lastTrack = db.prepare<[string], { id: number | null }>(
    'SELECT max(track_id) AS id FROM detections WHERE video_id = ?',
  )
  const lastDetection = db.prepare<[], { id: number }>(
    `SELECT max(coalesce((SELECT max(detection_id) FROM detections), 0),
       coalesce((SELECT max(last_detection_id) FROM videos), 0)) AS id`,
  )
  const upsertSpace = db.prepare(
    'INSERT INTO spaces (device_id, space_id, record) VALUES (?, ?, ?) ON CONFLICT (space_id) DO UPDATE SET record = excluded.record',
  )
  let nextDetectionId = must(lastDetection.get(), 'a last detection id').id + 1

  const addDetection = (work: PipelineCommit, epoch: string, detection: NewDetection): void => {
    const mask = detection.mask === null ? null : JSON.stringify(detection.mask)
    insertDetection.run(
      deviceId,
      epoch,
      detection.detectionId,
      work.videoId,
      work.sourceId,
      detection.sightingId,
      detection.trackId,
      detection.frameIdx,
      detection.tsMs,
      detection.label,
      detection.textPrompt,
      detection.confidence,
      ...detection.bbox,
      mask,
      coloursToText(detection.colours),
      detection.beside?.join(',') ?? null,
    )
  }

  const commit = db.transaction((work: PipelineCommit): void => {
    const { epoch } = must(epochOf.get(), 'a row in outbox_state')
    for (const detection of work.detections) addDetection(work, epoch, detection)
    for (const { trackId, placedMs, endedMs } of work.tracks)
      insertTrack.run(deviceId, work.videoId, trackId, placedMs, endedMs)
    for (const version of work.sightings) writeSighting(version)
    advance.run(work.framesDone, work.finished ? 1 : 0, nextDetectionId - 1, work.videoId)
    checkpoints.change(work.videoId, work.checkpoint)
  })

  // Detections are committed every second, versions of their sighting less often: what was left open is counted anew.
  const close = (rows: (SightingRow & { f16: Uint8Array })[]): void => {
    for (const { f16, ...row } of rows) {
      const sighting = sightingFromRow(row)
      const kept = must(countKept.get(sighting.id), 'a count of detections')
      writeSighting({
        sighting: {
          ...sighting,
          version: sighting.version + 1,
          state: 'closed',
          count: Math.max(1, kept.count),
          trackCount: Math.max(1, kept.tracks),
          lastSeenMs: Math.max(sighting.lastSeenMs, kept.lastMs ?? 0),
        },
        vectorF16: f16,
        crop: null,
      })
    }
  }
  const closeOpen = db.transaction((of: Parameters<PipelineStore['closeOpen']>[0]): void => {
    if ('videoId' in of) {
      checkpoints.change(of.videoId, null)
      close(openOfVideo.all(of.videoId))
    } else {
      checkpoints.dropOfSource(of.sourceId)
      close(openOfSource.all(of.sourceId))
    }
  })

  return {
    commit(work) {
      commit.immediate(work)
      options.onCommitted?.(work)
    },
    reserveDetectionIds(count) {
      const first = nextDetectionId
      nextDetectionId += count
      return first
    },
    resumeVideo(videoId) {
      const { frames_done: framesDone } = must(selectVideo.get(videoId), `video ${videoId}`)
      const lastTrackId = lastTrack.get(videoId)?.id ?? 0
      return { framesDone, lastTrackId, checkpoint: checkpoints.read(videoId) }
    },
    closeOpen: (of) => closeOpen.immediate(of),
    registerSpace(space) {
      upsertSpace.run(deviceId, space.spaceId, JSON.stringify(space))
    },
  }
}
