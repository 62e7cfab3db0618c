// A device's pipeline with its real parts in a folder of its own: pack, decoder, tracker, SQLite with its outbox.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { openAvFrameSource } from '@sam3-fleet/edge-agent/capture/av-frame-source'
import { createPlaceTimeDeduplicator } from '@sam3-fleet/edge-agent/dedup/place-time-deduplicator'
import { createVideoPipeline, type VideoPipeline } from '@sam3-fleet/edge-agent/pipeline/video-pipeline'
import { openDatabase } from '@sam3-fleet/edge-agent/store/open-database'
import { createSqliteOutbox } from '@sam3-fleet/edge-agent/store/sqlite-outbox'
import { createSqlitePipelineStore } from '@sam3-fleet/edge-agent/store/sqlite-pipeline-store'
import { createSqliteSourceStore } from '@sam3-fleet/edge-agent/store/sqlite-source-store'
import { createSqliteVideoStore } from '@sam3-fleet/edge-agent/store/sqlite-video-store'
import { createByteTracker } from '@sam3-fleet/edge-agent/track/byte-tracker'
import type { OpenPack } from '@sam3-fleet/models/pack/open-pack'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { SightingAttributes } from '@sam3-fleet/shared/domain/sighting'
import { systemClock } from '@sam3-fleet/shared/time/clock'

const DEVICE_ID = 'bench-device'

interface DetectionRow {
  frame_idx: number
  track_id: number
  sighting_id: string
  label: string
  confidence: number
  x: number
  y: number
  w: number
  h: number
}

interface SightingRow {
  id: string
  label: string
  description: string
  attributes: string
}

export interface KeptDetection {
  frameIdx: number
  trackId: number
  sightingId: string
  label: string
  confidence: number
  bbox: Bbox
}

export interface KeptSighting {
  id: string
  label: string
  description: string
  attributes: SightingAttributes
}

export interface EdgeWorld extends Disposable {
  pipeline: VideoPipeline
  /** Opens a recording of a file, as a source or job would. */
  openRecording(path: string): Parameters<VideoPipeline['run']>[0]['video']
  /** What was kept of a recording, in the order of its frames. */
  detections(videoId: string): KeptDetection[]
  sightings(videoId: string): KeptSighting[]
}

export function createEdgeWorld(pack: OpenPack, dir: string): EdgeWorld {
  const { db } = openDatabase(join(dir, 'device.db'), systemClock.nowMs())
  const outbox = createSqliteOutbox(db, { deviceId: DEVICE_ID, clock: systemClock, redactUri: (uri) => uri })
  const shared = {
    deviceId: DEVICE_ID,
    enqueue: outbox.enqueue,
    nowMs: () => systemClock.nowMs(),
    newId: () => randomUUID(),
  }
  const videos = createSqliteVideoStore(db, shared)
  const sources = createSqliteSourceStore(db, { ...shared, redactUri: (uri) => uri })
  const store = createSqlitePipelineStore(db, shared)
  store.registerSpace(pack.textEncoder.space)
  const pipeline = createVideoPipeline({
    openSource: openAvFrameSource,
    detector: pack.detector,
    textEncoder: pack.textEncoder,
    resembler: pack.resembler,
    thresholds: pack.thresholds,
    store,
    videos,
    deduplicator: createPlaceTimeDeduplicator(),
    createTracker: createByteTracker,
    hasRoom: () => Promise.resolve(),
    newId: shared.newId,
    clock: systemClock,
  })
  return {
    pipeline,
    openRecording(path) {
      const input = { name: 'bench', uri: path, prompts: [], detectFps: 5, enabled: true }
      const { record } = sources.upsertSource(input, 'file')
      return videos.openVideo({
        id: randomUUID(),
        sourceId: record.id,
        path,
        sha256: null,
        width: null,
        height: null,
        durationMs: null,
        timeOrigin: 'ingest',
        originMs: systemClock.nowMs(),
      })
    },
    detections(videoId) {
      const rows = db.prepare<[string], DetectionRow>(
        'SELECT * FROM detections WHERE video_id = ? ORDER BY frame_idx, detection_id',
      )
      return rows.all(videoId).map((row) => ({
        frameIdx: row.frame_idx,
        trackId: row.track_id,
        sightingId: row.sighting_id,
        label: row.label,
        confidence: row.confidence,
        bbox: [row.x, row.y, row.w, row.h],
      }))
    },
    sightings(videoId) {
      const rows = db.prepare<[string], SightingRow>('SELECT * FROM sightings WHERE video_id = ? ORDER BY id')
      return rows.all(videoId).map(({ id, label, description, attributes }) => ({
        id,
        label,
        description,
        attributes: JSON.parse(attributes) as SightingAttributes,
      }))
    },
    [Symbol.dispose]: () => db.close(),
  }
}
