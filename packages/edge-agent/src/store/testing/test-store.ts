// A device's stores over a real file, and things to put into them, for tests.
import { randomUUID } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import { v7 as uuidv7 } from 'uuid'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import { normalise, toF16Bytes } from '@sam3-fleet/shared/vector/vector'
import type { JobStore } from '../job-store.ts'
import { openDatabase } from '../open-database.ts'
import type { NewDetection, PipelineCommit, SightingVersion } from '../pipeline-store.ts'
import { createSqliteJobStore } from '../sqlite-job-store.ts'
import { createSqliteOutbox, type SqliteOutbox } from '../sqlite-outbox.ts'
import { createSqlitePipelineStore, type SqlitePipelineStore } from '../sqlite-pipeline-store.ts'
import { createSqliteReaders, type SqliteReaders } from '../sqlite-readers.ts'
import { createSqliteSourceStore, type SqliteSourceStore } from '../sqlite-source-store.ts'
import { createSqliteVideoStore } from '../sqlite-video-store.ts'
import type { VideoStore } from '../video-store.ts'

export const TEST_DEVICE = 'gate-0001'
export const TEST_SPACE = {
  spaceId: 'space@1',
  model: 'm',
  version: '1',
  dimension: 4,
  metric: 'cosine',
  preprocessing: '',
  identity: 'none',
} as const
/** 2023-11-14T22:13:20Z: what the clock of these stores says. */
export const TEST_NOW_MS = 1_700_000_000_000

export interface TestStore extends Disposable {
  db: Database
  setAside: string | null
  outbox: SqliteOutbox
  videos: VideoStore
  sources: SqliteSourceStore
  jobs: JobStore
  pipeline: SqlitePipelineStore
  readers: SqliteReaders
}

export function openTestStore(path: string): TestStore {
  const { db, setAside } = openDatabase(path, TEST_NOW_MS)
  const nowMs = (): number => TEST_NOW_MS
  const outbox = createSqliteOutbox(db, {
    deviceId: TEST_DEVICE,
    clock: { nowMs },
    redactUri: (uri) => uri.replace(/\/\/.*@/, '//'),
  })
  const { enqueue } = outbox
  const videos = createSqliteVideoStore(db, { deviceId: TEST_DEVICE, nowMs })
  const sources = createSqliteSourceStore(db, {
    deviceId: TEST_DEVICE,
    enqueue,
    nowMs,
    newId: uuidv7,
    redactUri: (uri) => uri.replace(/\/\/.*@/, '//'),
  })
  const jobs = createSqliteJobStore(db, {
    deviceId: TEST_DEVICE,
    enqueue,
    videos,
    nowMs,
    newId: uuidv7,
  })
  const pipeline = createSqlitePipelineStore(db, { deviceId: TEST_DEVICE, enqueue })
  pipeline.registerSpace(TEST_SPACE)
  return {
    db,
    setAside,
    outbox,
    videos,
    sources,
    jobs,
    pipeline,
    readers: createSqliteReaders(db),
    [Symbol.dispose]: () => void db.close(),
  }
}

/** A source of kind file with one recording that nobody has worked on. */
export function addVideo(
  store: Pick<TestStore, 'sources' | 'videos'>,
  name = 'door',
): { sourceId: string; videoId: string } {
  const { record } = store.sources.upsertSource(
    { name, uri: `/videos/${name}.mp4`, prompts: [], detectFps: 5, enabled: true },
    'file',
  )
  const video = store.videos.openVideo({
    id: randomUUID(),
    sourceId: record.id,
    path: `/videos/${name}.mp4`,
    sha256: null,
    width: 640,
    height: 480,
    durationMs: 10_000,
    timeOrigin: 'ingest',
    originMs: TEST_NOW_MS,
  })
  return { sourceId: record.id, videoId: video.id }
}

export function makeDetection(
  part: Partial<NewDetection> & Pick<NewDetection, 'detectionId' | 'sightingId'>,
): NewDetection {
  return {
    trackId: 1,
    frameIdx: 0,
    tsMs: TEST_NOW_MS,
    label: 'car',
    textPrompt: null,
    confidence: 0.75,
    bbox: [0.25, 0.25, 0.5, 0.5],
    mask: null,
    colours: [{ name: 'red', share: 0.75 }],
    beside: [],
    ...part,
  }
}

/** One version of a sighting; `look` decides its vector and its crop. */
export function makeVersion(part: Partial<Sighting>, look = 'red car'): SightingVersion {
  const seed = sha256Hex(look)
  const vectorF16 = toF16Bytes(
    normalise(
      [0, 8, 16, 24].map((at) => Number.parseInt(seed.slice(at, at + 8), 16) / 2 ** 31 - 1),
      4,
    ),
  )
  const bytes = new Uint8Array(Buffer.from(`crop of ${look}`))
  const sighting: Sighting = {
    id: randomUUID(),
    version: 1,
    state: 'open',
    sourceId: randomUUID(),
    sourceName: 'door',
    videoId: randomUUID(),
    label: 'car',
    textPrompt: null,
    description: look,
    attributes: { colours: [{ name: 'red', share: 0.75 }], size: 'medium', place: 'centre', movement: '' },
    confidence: 0.75,
    bbox: [0.25, 0.25, 0.5, 0.5],
    frameIdx: 0,
    detectionId: 1,
    count: 1,
    trackCount: 1,
    firstSeenMs: TEST_NOW_MS,
    lastSeenMs: TEST_NOW_MS,
    timeOrigin: 'ingest',
    spaceId: TEST_SPACE.spaceId,
    vectorHash: sha256Hex(vectorF16),
    mediaSha256: sha256Hex(bytes),
    ...part,
  }
  return {
    sighting,
    vectorF16,
    crop: sighting.mediaSha256 === null ? null : { sha256: sha256Hex(bytes), bytes, width: 32, height: 24 },
  }
}

export function makeCommit(
  ids: { sourceId: string; videoId: string },
  part: Partial<PipelineCommit>,
): PipelineCommit {
  return {
    ...ids,
    detections: [],
    tracks: [],
    sightings: [],
    framesDone: 0,
    finished: false,
    checkpoint: null,
    ...part,
  }
}
