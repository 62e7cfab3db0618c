// Recordings that were worked through by the real stages into a real store, for tests of what is made of them later:
// things that hide and come back, so that dedup has something to join.
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import type { Resembler } from '@sam3-fleet/models/resemble/resembler'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import { v7 as uuidv7 } from 'uuid'
import { createPlaceTimeDeduplicator } from '../../dedup/place-time-deduplicator.ts'
import {
  openScripted,
  scriptedDetector,
  scriptedEncoder,
  type Actor,
  type Scene,
} from '../../pipeline/testing/scripted-recording.ts'
import { createVideoPipeline } from '../../pipeline/video-pipeline.ts'
import { createSqliteRegroupStore } from '../../store/sqlite-regroup-store.ts'
import { TEST_DEVICE, TEST_NOW_MS, type TestStore } from '../../store/testing/test-store.ts'
import { createByteTracker } from '../../track/byte-tracker.ts'
import { createRegrouping, type RegroupingService } from '../regrouping.ts'

const FRAMES = 48

const actor: fc.Arbitrary<Actor> = fc.record({
  label: fc.constantFrom('person', 'car', 'dog'),
  colour: fc.constantFrom('red', 'blue', 'green'),
  from: fc.nat(6),
  length: fc.integer({ min: 30, max: FRAMES }),
  hiddenFrom: fc.integer({ min: 5, max: 15 }),
  hiddenFor: fc.integer({ min: 5, max: 15 }),
  start: fc
    .tuple(fc.nat(7), fc.nat(6), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 4 }))
    .map(([x, y, w, h]): Actor['start'] => [x / 8, y / 8, w / 11, h / 13]),
  dx: fc.constantFrom(0, 0, 0.004, -0.013),
  dy: fc.constantFrom(0, 0.003),
  confidences: fc.array(fc.constantFrom(0.47, 0.52, 0.81, 0.9), { minLength: 2, maxLength: 5 }),
})

export const recordedScene: fc.Arbitrary<Scene> = fc.record({
  frames: fc.constant(FRAMES),
  stepMs: fc.constantFrom(300, 400, 700),
  actors: fc.array(actor, { minLength: 3, maxLength: 6 }),
  cuts: fc.array(fc.nat(FRAMES), { maxLength: 3 }),
})

/** Says of each crop something of its own. */
const scriptedResembler: Resembler = {
  resemblances: (crop) => Promise.resolve([{ name: sha256Hex(crop).slice(0, 8), share: 0.5 }]),
  [Symbol.asyncDispose]: () => Promise.resolve(),
}

/** A car that stands there, is hidden once, and then cut off: one sighting of three tracks. */
export const JOINED_SCENE: Scene = {
  frames: FRAMES,
  stepMs: 400,
  actors: [
    {
      label: 'car',
      colour: 'red',
      from: 0,
      length: FRAMES,
      hiddenFrom: 12,
      hiddenFor: 8,
      start: [0.2, 0.3, 0.2, 0.2],
      dx: 0,
      dy: 0,
      confidences: [0.8, 0.9],
    },
  ],
  cuts: [35],
}

/** Works a scene through to its end, as a recording of a source of its own. */
export async function record(
  store: TestStore,
  scene: Scene,
  options: { dedupRadius?: number; signal?: AbortSignal } = {},
): Promise<{ sourceId: string; videoId: string }> {
  const input = { name: 'door', uri: '/videos/door.mp4', prompts: [], detectFps: 5, enabled: true }
  const source = store.sources.upsertSource(input, 'file').record
  return recordAgain(store, scene, { ...options, sourceId: source.id })
}

/** The same, as one more recording of a source. */
export async function recordAgain(
  store: TestStore,
  scene: Scene,
  options: { sourceId: string; dedupRadius?: number; signal?: AbortSignal },
): Promise<{ sourceId: string; videoId: string }> {
  const { sourceId, dedupRadius = 1 } = options
  let ticksMs = 0
  const pipeline = createVideoPipeline({
    openSource: openScripted(scene),
    detector: scriptedDetector(scene),
    textEncoder: scriptedEncoder(),
    resembler: scriptedResembler,
    thresholds: { track: 0.4, low: 0.1 },
    store: store.pipeline,
    videos: store.videos,
    deduplicator: createPlaceTimeDeduplicator(),
    createTracker: createByteTracker,
    hasRoom: () => Promise.resolve(),
    newId: uuidv7,
    clock: { nowMs: () => TEST_NOW_MS, monotonicMs: () => (ticksMs += 130), sleep: () => Promise.resolve() },
  })
  const video = store.videos.openVideo({
    id: randomUUID(),
    sourceId,
    path: '/videos/door.mp4',
    sha256: null,
    width: null,
    height: null,
    durationMs: null,
    timeOrigin: 'recorded_at',
    originMs: TEST_NOW_MS,
  })
  await pipeline.run(
    {
      video,
      sourceName: 'door',
      uri: 'scripted',
      kind: 'file',
      detectFps: 5,
      motionGate: false,
      dedupRadius,
      prompts: null,
      keep: 'all',
      confidenceThreshold: null,
    },
    { signal: options.signal ?? new AbortController().signal },
  )
  return { sourceId, videoId: video.id }
}

export function regroupingOf(store: TestStore): RegroupingService {
  return createRegrouping({
    store: createSqliteRegroupStore(store.db, {
      deviceId: TEST_DEVICE,
      enqueue: store.outbox.enqueue,
      nowMs: () => TEST_NOW_MS,
      newId: uuidv7,
    }),
    deduplicator: createPlaceTimeDeduplicator(),
    textEncoder: scriptedEncoder(),
    resembler: scriptedResembler,
    newId: uuidv7,
  })
}
