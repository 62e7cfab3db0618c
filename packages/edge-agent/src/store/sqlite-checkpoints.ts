// Parts of checkpoints in SQLite: what one commit changed in, all that is kept of a recording out. Knows nothing of what
// the parts say. Call inside the transaction of the detections that they belong to.
import type { Database } from 'better-sqlite3'
import type { CheckpointChange, CheckpointParts } from './pipeline-store.ts'

export interface SqliteCheckpoints {
  /** Null drops all of it. */
  change(videoId: string, change: CheckpointChange | null): void
  read(videoId: string): CheckpointParts
  /** Drops those of all recordings of a source. */
  dropOfSource(sourceId: string): void
}

export function createSqliteCheckpoints(db: Database, deviceId: string): SqliteCheckpoints {
  const put = db.prepare(
    `INSERT INTO checkpoints (device_id, video_id, part, value) VALUES (?, ?, ?, ?)
     ON CONFLICT (video_id, part) DO UPDATE SET value = excluded.value`,
  )
  const drop = db.prepare('DELETE FROM checkpoints WHERE video_id = ? AND part = ?')
  const dropAll = db.prepare('DELETE FROM checkpoints WHERE video_id = ?')
  // Few rows at any time, while a camera may have very many recordings.
  const dropOfSource = db.prepare(
    'DELETE FROM checkpoints WHERE (SELECT source_id FROM videos v WHERE v.id = checkpoints.video_id) = ?',
  )
  const select = db.prepare<[string], { part: string; value: Uint8Array }>(
    'SELECT part, value FROM checkpoints WHERE video_id = ?',
  )

  return {
    change(videoId, change) {
      if (change === null) {
        dropAll.run(videoId)
        return
      }
      for (const part of change.drop) drop.run(videoId, part)
      for (const [part, value] of change.put) put.run(deviceId, videoId, part, value)
    },
    read: (videoId) => new Map(select.all(videoId).map(({ part, value }) => [part, value])),
    dropOfSource: (sourceId) => void dropOfSource.run(sourceId),
  }
}
