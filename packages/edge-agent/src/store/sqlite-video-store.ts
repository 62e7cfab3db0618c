// Recordings in SQLite.
import type { Database } from 'better-sqlite3'
import type { VideoRecord, VideoStore } from './video-store.ts'

interface VideoRow {
  id: string
  source_id: string
  path: string | null
  sha256: string | null
  width: number | null
  height: number | null
  duration_ms: number | null
  time_origin: VideoRecord['timeOrigin']
  origin_ms: number
  frames_done: number
  finished: number
}

export function videoFromRow(row: VideoRow): VideoRecord {
  return {
    id: row.id,
    sourceId: row.source_id,
    path: row.path,
    sha256: row.sha256,
    width: row.width,
    height: row.height,
    durationMs: row.duration_ms,
    timeOrigin: row.time_origin,
    originMs: row.origin_ms,
    framesDone: row.frames_done,
    finished: row.finished === 1,
  }
}

export function createSqliteVideoStore(
  db: Database,
  options: { deviceId: string; nowMs: () => number },
): VideoStore {
  const insert = db.prepare(
    `INSERT INTO videos (device_id, id, source_id, path, sha256, width, height, duration_ms, time_origin, origin_ms, created_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const byId = db.prepare<[string], VideoRow>('SELECT * FROM videos WHERE id = ?')
  const unfinished = db.prepare<[string, string], VideoRow>(
    'SELECT * FROM videos WHERE source_id = ? AND path = ? AND finished = 0 ORDER BY created_at_ms DESC LIMIT 1',
  )
  const finished = db.prepare<[string, string], { found: number }>(
    'SELECT 1 AS found FROM videos WHERE source_id = ? AND sha256 = ? AND finished = 1 LIMIT 1',
  )
  const describe = db.prepare(
    `UPDATE videos SET width = coalesce(@width, width), height = coalesce(@height, height),
       duration_ms = coalesce(@durationMs, duration_ms), time_origin = coalesce(@timeOrigin, time_origin),
       origin_ms = coalesce(@originMs, origin_ms) WHERE id = @id`,
  )

  return {
    openVideo(video) {
      insert.run(
        options.deviceId,
        video.id,
        video.sourceId,
        video.path,
        video.sha256,
        video.width,
        video.height,
        video.durationMs,
        video.timeOrigin,
        video.originMs,
        options.nowMs(),
      )
      return { ...video, framesDone: 0, finished: false }
    },
    video(id) {
      const row = byId.get(id)
      return row ? videoFromRow(row) : null
    },
    unfinishedVideo(sourceId, path) {
      const row = unfinished.get(sourceId, path)
      return row ? videoFromRow(row) : null
    },
    finishedVideo: (sourceId, sha256) => finished.get(sourceId, sha256) !== undefined,
    describeVideo(id, facts) {
      describe.run({
        id,
        width: null,
        height: null,
        durationMs: null,
        timeOrigin: null,
        originMs: null,
        ...facts,
      })
    },
  }
}
