// Jobs in SQLite. An upload is a source of kind `upload` with one video; a job works that video through once.
import type { Database } from 'better-sqlite3'
import type { Interpretation, JobRecord } from '@sam3-fleet/shared/domain/job'
import { must } from '@sam3-fleet/shared/errors/fleet-error'
import type { JobStore, NewJob } from './job-store.ts'
import type { EnqueueEntry } from './outbox.ts'
import type { VideoStore } from './video-store.ts'

interface JobRow {
  id: string
  video_id: string
  source_id: string
  file_name: string
  text_prompt: string | null
  interpretation: string | null
  confidence_threshold: number
  status: JobRecord['status']
  progress: number
  error: string | null
  created_at_ms: number
  updated_at_ms: number
  frames_done: number
  detections: number
  sightings: number
}

export interface SqliteJobStoreOptions {
  deviceId: string
  enqueue: EnqueueEntry
  videos: VideoStore
  nowMs: () => number
  newId: () => string
}

const SELECT = `SELECT j.*, v.frames_done,
  (SELECT count(*) FROM detections d WHERE d.video_id = j.video_id) AS detections,
  (SELECT count(*) FROM sightings s WHERE s.video_id = j.video_id AND s.deleted_at_ms IS NULL) AS sightings
  FROM jobs j JOIN videos v ON v.id = j.video_id`

function jobFromRow(row: JobRow): JobRecord {
  return {
    id: row.id,
    videoId: row.video_id,
    sourceId: row.source_id,
    fileName: row.file_name,
    textPrompt: row.text_prompt,
    interpretation: row.interpretation === null ? null : (JSON.parse(row.interpretation) as Interpretation),
    confidenceThreshold: row.confidence_threshold,
    status: row.status,
    progress: row.progress,
    framesDone: row.frames_done,
    detections: row.detections,
    sightings: row.sightings,
    error: row.error === null ? null : (JSON.parse(row.error) as JobRecord['error']),
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  }
}

export function createSqliteJobStore(db: Database, options: SqliteJobStoreOptions): JobStore {
  const listeners = new Set<() => void>()
  const byId = db.prepare<[string], JobRow>(`${SELECT} WHERE j.id = ?`)
  const byKey = db.prepare<[string], JobRow>(`${SELECT} WHERE j.idempotency_key = ?`)
  const newest = db.prepare<[number], JobRow>(`${SELECT} ORDER BY j.created_at_ms DESC, j.id DESC LIMIT ?`)
  // A job that says `processing` while none is being worked on was left by a process that died: it comes first.
  const next = db.prepare<[], JobRow>(
    `${SELECT} WHERE j.status IN ('processing', 'queued') ORDER BY j.status = 'queued', j.created_at_ms, j.id LIMIT 1`,
  )
  const insertSource = db.prepare(
    `INSERT INTO sources (device_id, id, version, name, kind, uri, prompts, detect_fps, enabled, state, state_detail, created_at_ms)
     VALUES (?, ?, 1, ?, 'upload', ?, ?, 5, 0, 'idle', '', ?)`,
  )
  const insertJob = db.prepare(
    `INSERT INTO jobs (device_id, id, video_id, source_id, file_name, text_prompt, interpretation, confidence_threshold, status,
       progress, idempotency_key, created_at_ms, updated_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, ?, ?, ?)`,
  )
  const setStatus = db.prepare(
    'UPDATE jobs SET status = ?, progress = CASE WHEN ? THEN 1 ELSE progress END, error = ?, updated_at_ms = ? WHERE id = ?',
  )
  const setProgress = db.prepare(
    "UPDATE jobs SET progress = max(progress, ?), updated_at_ms = ? WHERE id = ? AND status = 'processing'",
  )
  const uploadsOf = (condition: string) =>
    db.prepare<[], { videoId: string; path: string }>(
      `SELECT v.id AS videoId, v.path FROM jobs j JOIN videos v ON v.id = j.video_id
       WHERE v.path IS NOT NULL AND j.status ${condition} ('queued', 'processing')`,
    )
  const [ended, needed] = [uploadsOf('NOT IN'), uploadsOf('IN')]
  const forget = db.prepare('UPDATE videos SET path = NULL WHERE id = ?')

  const create = db.transaction((job: NewJob): JobRecord => {
    const nowMs = options.nowMs()
    const [sourceId, videoId, jobId] = [options.newId(), options.newId(), options.newId()]
    const prompts = JSON.stringify(job.textPrompt === null ? [] : [job.textPrompt])
    insertSource.run(options.deviceId, sourceId, job.fileName, `upload:${job.fileName}`, prompts, nowMs)
    const record = {
      id: sourceId,
      version: 1,
      name: job.fileName,
      kind: 'upload',
      uri: `upload:${job.fileName}`,
      prompts: job.textPrompt === null ? [] : [job.textPrompt],
      detectFps: 5,
      enabled: false,
      state: 'idle',
      stateDetail: '',
    }
    options.enqueue({ kind: 'source', id: sourceId, version: 1, state: record, payloadBytes: 0 })
    options.videos.openVideo({
      id: videoId,
      sourceId,
      path: job.path,
      sha256: job.sha256,
      width: null,
      height: null,
      durationMs: null,
      timeOrigin: job.recordedAtMs === null ? 'ingest' : 'recorded_at',
      originMs: job.recordedAtMs ?? nowMs,
    })
    const interpretation = job.interpretation === null ? null : JSON.stringify(job.interpretation)
    insertJob.run(
      options.deviceId,
      jobId,
      videoId,
      sourceId,
      job.fileName,
      job.textPrompt,
      interpretation,
      job.confidenceThreshold,
      job.idempotencyKey,
      nowMs,
      nowMs,
    )
    return jobFromRow(must(byId.get(jobId), `job ${jobId}`))
  })

  return {
    createJob(job) {
      const known = job.idempotencyKey === null ? undefined : byKey.get(job.idempotencyKey)
      if (known) return { job: jobFromRow(known), created: false }
      const made = create.immediate(job)
      queueMicrotask(() => {
        for (const listener of listeners) listener()
      })
      return { job: made, created: true }
    },
    job(id) {
      const row = byId.get(id)
      return row ? jobFromRow(row) : null
    },
    jobs: (limit) => newest.all(limit).map(jobFromRow),
    takeJob() {
      const row = next.get()
      if (!row) return null
      setStatus.run('processing', 0, null, options.nowMs(), row.id)
      return {
        job: jobFromRow(must(byId.get(row.id), `job ${row.id}`)),
        video: must(options.videos.video(row.video_id), `video ${row.video_id}`),
      }
    },
    setProgress: (id, progress) => void setProgress.run(progress, options.nowMs(), id),
    finishJob(id, end) {
      const error = end.status === 'failed' ? JSON.stringify(end.error) : null
      setStatus.run(end.status, end.status === 'completed' ? 1 : 0, error, options.nowMs(), id)
    },
    endedUploads: () => ended.all(),
    neededUploads: () => needed.all().map(({ path }) => path),
    forgetUpload: (videoId) => void forget.run(videoId),
    onJobQueued(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
