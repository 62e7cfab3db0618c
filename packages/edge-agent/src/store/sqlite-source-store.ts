// Sources in SQLite: each real change is a new version and an outbox entry, in one transaction.
import type { Database } from 'better-sqlite3'
import { FleetError, must } from '@sam3-fleet/shared/errors/fleet-error'
import type { SourceRecord } from '@sam3-fleet/shared/domain/source'
import type { EnqueueEntry } from './outbox.ts'
import type { SourceStore, StoredSource } from './source-store.ts'

export interface SourceRow {
  id: string
  version: number
  name: string
  kind: SourceRecord['kind']
  uri: string
  prompts: string
  detect_fps: number
  motion_gate: number | null
  dedup_radius: number
  key_frame_ms: number | null
  enabled: number
  state: SourceRecord['state']
  state_detail: string
}

export interface SqliteSourceStoreOptions {
  deviceId: string
  enqueue: EnqueueEntry
  nowMs: () => number
  newId: () => string
  redactUri: (uri: string) => string
}

export interface SqliteSourceStore extends SourceStore {
  /** Called after each change by a person (not of state), with the id. */
  onSourceChanged(listener: (id: string) => void): () => void
}

export function sourceRecordFromRow(row: SourceRow, redactUri: (uri: string) => string): SourceRecord {
  return {
    id: row.id,
    version: row.version,
    name: row.name,
    kind: row.kind,
    uri: redactUri(row.uri),
    prompts: JSON.parse(row.prompts) as string[],
    detectFps: row.detect_fps,
    motionGate: row.motion_gate === null ? null : row.motion_gate === 1,
    dedupRadius: row.dedup_radius,
    keyFrameMs: row.key_frame_ms,
    enabled: row.enabled === 1,
    state: row.state,
    stateDetail: row.state_detail,
  }
}

export function createSqliteSourceStore(db: Database, options: SqliteSourceStoreOptions): SqliteSourceStore {
  const listeners = new Set<(id: string) => void>()
  const all = db.prepare<[], SourceRow>(
    "SELECT * FROM sources WHERE deleted_at_ms IS NULL AND kind <> 'upload' ORDER BY created_at_ms, id",
  )
  const byId = db.prepare<[string], SourceRow>('SELECT * FROM sources WHERE id = ? AND deleted_at_ms IS NULL')
  const insert = db.prepare(
    `INSERT INTO sources (device_id, id, version, name, kind, uri, prompts, detect_fps, motion_gate, dedup_radius,
       key_frame_ms, enabled, state, state_detail, created_at_ms)
     VALUES (@deviceId, @id, 1, @name, @kind, @uri, @prompts, @detectFps, @motionGate,
       coalesce(@dedupRadius, 1), @keyFrameMs, @enabled, @state, '', @nowMs)`,
  )
  const update = db.prepare(
    `UPDATE sources SET version = version + 1, name = @name, kind = @kind, uri = @uri, prompts = @prompts,
       detect_fps = @detectFps, motion_gate = @motionGate, dedup_radius = coalesce(@dedupRadius, dedup_radius),
       key_frame_ms = iif(@changesKeyFrameMs, @keyFrameMs, key_frame_ms), enabled = @enabled WHERE id = @id`,
  )
  const setState = db.prepare(
    'UPDATE sources SET version = version + 1, state = ?, state_detail = ? WHERE id = ? AND (state <> ? OR state_detail <> ?)',
  )
  const remove = db.prepare(
    'UPDATE sources SET deleted_at_ms = ?, enabled = 0 WHERE id = ? AND deleted_at_ms IS NULL',
  )

  const stored = (row: SourceRow): StoredSource => ({
    record: sourceRecordFromRow(row, options.redactUri),
    secretUri: row.uri,
  })
  const enqueueRecord = (id: string): StoredSource => {
    const source = stored(must(byId.get(id), `source ${id}`))
    options.enqueue({
      kind: 'source',
      id,
      version: source.record.version,
      state: source.record,
      payloadBytes: 0,
    })
    return source
  }

  const upsert = db.transaction(
    (input: Parameters<SourceStore['upsertSource']>[0], kind: SourceRecord['kind']): StoredSource => {
      const values = {
        name: input.name,
        kind,
        uri: input.uri,
        prompts: JSON.stringify(input.prompts),
        detectFps: input.detectFps,
        motionGate: typeof input.motionGate === 'boolean' ? Number(input.motionGate) : null,
        dedupRadius: input.dedupRadius ?? null,
        keyFrameMs: input.keyFrameMs ?? null,
        enabled: input.enabled ? 1 : 0,
      }
      if (input.id === undefined) {
        const id = options.newId()
        insert.run({
          ...values,
          id,
          deviceId: options.deviceId,
          state: input.enabled ? 'idle' : 'disabled',
          nowMs: options.nowMs(),
        })
        return enqueueRecord(id)
      }
      if (!byId.get(input.id)) throw new FleetError('NOT_FOUND', `there is no source ${input.id}`)
      // Null is "as the detector says"; absent is what somebody sends who does not know the setting.
      update.run({ ...values, changesKeyFrameMs: input.keyFrameMs === undefined ? 0 : 1, id: input.id })
      return enqueueRecord(input.id)
    },
  )

  return {
    sources: () => all.all().map(stored),
    source(id) {
      const row = byId.get(id)
      return row ? stored(row) : null
    },
    upsertSource(input, kind) {
      const source = upsert.immediate(input, kind)
      for (const listener of listeners) listener(source.record.id)
      return source
    },
    removeSource(id) {
      const removed = db.transaction((): boolean => {
        if (remove.run(options.nowMs(), id).changes === 0) return false
        const tombstone = {
          what: 'deleted',
          kind: 'source',
          id,
          reason: 'removed by a person',
          atMs: options.nowMs(),
        }
        options.enqueue({
          kind: 'tombstone',
          id: options.newId(),
          version: 1,
          state: tombstone,
          payloadBytes: 0,
        })
        return true
      })()
      if (removed) for (const listener of listeners) listener(id)
      return removed
    },
    setSourceState(id, state, detail) {
      db.transaction(() => {
        if (setState.run(state, detail, id, state, detail).changes > 0 && byId.get(id)) enqueueRecord(id)
      })()
    },
    onSourceChanged(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
