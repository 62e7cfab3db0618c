import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { createPlaceTimeDeduplicator } from '../dedup/place-time-deduplicator.ts'
import type { PipelineStore } from '../store/pipeline-store.ts'
import { openTestStore, TEST_NOW_MS, type TestStore } from '../store/testing/test-store.ts'
import { createByteTracker } from '../track/byte-tracker.ts'
import type { PipelineRequest } from './pipeline.ts'
import { readResults, type RunResults } from './testing/read-results.ts'
import {
  openScripted,
  scriptedDetector,
  scriptedEncoder,
  type Actor,
  type Scene,
} from './testing/scripted-recording.ts'
import { createVideoPipeline } from './video-pipeline.ts'

const RUNS = 40
const FRAMES = 48

/**
 * How one life ends: killed right before or behind one of its commits, or told to stop after some frames, or in the
 * middle of one, while it describes a sighting.
 */
type Death =
  | { how: 'before' | 'behind'; commit: number }
  | { how: 'stop'; frames: number }
  | { how: 'stop in a frame'; encodes: number }
type Ask = Pick<PipelineRequest, 'prompts' | 'keep' | 'motionGate'>

const actor: fc.Arbitrary<Actor> = fc.record({
  label: fc.constantFrom('person', 'car', 'dog'),
  colour: fc.constantFrom('red', 'blue'),
  from: fc.nat(FRAMES - 8),
  length: fc.integer({ min: 8, max: FRAMES }),
  hiddenFrom: fc.integer({ min: 1, max: 20 }),
  hiddenFor: fc.nat(12),
  start: fc
    .tuple(fc.nat(7), fc.nat(6), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 4 }))
    .map(([x, y, w, h]): Actor['start'] => [x / 8, y / 8, w / 11, h / 13]),
  dx: fc.constantFrom(0, 0.007, -0.013, 0.031),
  dy: fc.constantFrom(0, 0.003),
  confidences: fc.array(fc.constantFrom(0.15, 0.3, 0.47, 0.52, 0.53, 0.81, 0.9), {
    minLength: 2,
    maxLength: 5,
  }),
})
const scene: fc.Arbitrary<Scene> = fc.record({
  frames: fc.constant(FRAMES),
  stepMs: fc.constantFrom(200, 200, 400, 1_700),
  actors: fc.array(actor, { minLength: 4, maxLength: 8 }),
  cuts: fc.array(fc.nat(FRAMES), { maxLength: 2 }),
})
const prompt = { labels: [{ label: 'car', similarity: 1 }], colours: ['red'], ignored: [], summary: '' }
const asked = [{ text: 'red cars', interpretation: { prompt: 'red cars', ...prompt } }]
const ask: fc.Arbitrary<Ask> = fc.record({
  prompts: fc.constantFrom(null, null, asked),
  keep: fc.constantFrom('all' as const, 'matches' as const),
  motionGate: fc.boolean(),
})
const death: fc.Arbitrary<Death> = fc.oneof(
  fc.record({
    how: fc.constantFrom('before' as const, 'behind' as const),
    commit: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({ how: fc.constant('stop' as const), frames: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ how: fc.constant('stop in a frame' as const), encodes: fc.integer({ min: 1, max: 8 }) }),
)

/** The store of a process that is killed at one commit: nothing reaches the disk from then on. */
function dyingStore(store: PipelineStore, dies: Death | null): PipelineStore {
  let commits = 0
  let isDead = false
  const alive = (): void => {
    if (isDead) throw new Error('the process is gone')
  }
  return {
    ...store,
    commit(work) {
      alive()
      commits += 1
      isDead = (dies?.how === 'before' || dies?.how === 'behind') && commits === dies.commit
      if (dies?.how === 'before') alive()
      store.commit(work)
      alive()
    },
    closeOpen(of) {
      alive()
      store.closeOpen(of)
    },
  }
}

/** One life over the file of a database. @returns whether the recording came to its end */
async function live(
  store: TestStore,
  videoId: string,
  shown: Scene,
  asks: Ask,
  dies: Death | null,
): Promise<boolean> {
  let ticksMs = 0
  let frames = 0
  let encodes = 0
  const pause = new AbortController()
  const sigterm = (): void => pause.abort(new Error('SIGTERM'))
  const encoder = scriptedEncoder()
  const textEncoder: typeof encoder = {
    ...encoder,
    async encode(sentences) {
      encodes += 1
      if (dies?.how !== 'stop in a frame' || encodes !== dies.encodes) return encoder.encode(sentences)
      sigterm()
      throw new FleetError('CANCELLED', 'not wanted any more')
    },
  }
  const pipeline = createVideoPipeline({
    openSource: openScripted(shown),
    detector: scriptedDetector(shown),
    textEncoder,
    thresholds: { track: 0.4, low: 0.1 },
    store: dyingStore(store.pipeline, dies),
    videos: store.videos,
    deduplicator: createPlaceTimeDeduplicator(),
    createTracker: createByteTracker,
    hasRoom: () => Promise.resolve(),
    newId: randomUUID,
    // Commits fall between other frames in each life.
    clock: { nowMs: () => TEST_NOW_MS, monotonicMs: () => (ticksMs += 130), sleep: () => Promise.resolve() },
  })
  const video = store.videos.video(videoId)
  if (!video) throw new Error('the recording is gone')
  const run = pipeline.run(
    {
      video,
      sourceName: 'door',
      uri: 'scripted',
      kind: 'file',
      detectFps: 5,
      confidenceThreshold: null,
      ...asks,
    },
    {
      signal: AbortSignal.any([pause.signal, new AbortController().signal]),
      pause: pause.signal,
      onProgress: () => {
        frames += 1
        if (dies?.how === 'stop' && frames === dies.frames) sigterm()
      },
    },
  )
  return run.then(
    () => true,
    (thrown: Error) => {
      if (/the process is gone|not wanted any more/.test(thrown.message)) return false
      throw thrown
    },
  )
}

async function workThrough(
  path: string,
  shown: Scene,
  asks: Ask,
  deaths: readonly Death[],
): Promise<RunResults> {
  const videoId = randomUUID()
  {
    using store = openTestStore(path)
    const input = { name: 'door', uri: '/videos/door.mp4', prompts: [], detectFps: 5, enabled: true }
    const { record } = store.sources.upsertSource(input, 'file')
    store.videos.openVideo({
      id: videoId,
      sourceId: record.id,
      path: '/videos/door.mp4',
      sha256: null,
      width: null,
      height: null,
      durationMs: null,
      timeOrigin: 'recorded_at',
      originMs: TEST_NOW_MS,
    })
  }
  for (const dies of [...deaths, null]) {
    using store = openTestStore(path)
    if (await live(store, videoId, shown, asks, dies)) return readResults(store.db, videoId)
  }
  throw new Error('the last life did not come to the end')
}

describe('a recording that is killed or stopped at any moment and gone on with', () => {
  test(
    'ends with the same detections, tracks, sightings and entries as one that nothing happened to',
    { timeout: 600_000 },
    async () => {
      await using dir = await createTempDir('resume')
      let files = 0
      const newPath = (): string => join(dir.path, `${files++}.db`)
      const seen = { detections: 0, sightings: 0 }
      await fc.assert(
        fc.asyncProperty(
          scene,
          ask,
          fc.array(death, { minLength: 1, maxLength: 4 }),
          async (shown, asks, deaths) => {
            const undisturbed = await workThrough(newPath(), shown, asks, [])
            expect(await workThrough(newPath(), shown, asks, deaths)).toEqual(undisturbed)
            expect(undisturbed).toMatchObject({ finished: 1, leftovers: [] })
            seen.detections += undisturbed.detections.length
            seen.sightings += undisturbed.sightings.length
          },
        ),
        { numRuns: RUNS },
      )
      // Scenes in which nothing is found would be equal whatever happened.
      expect(seen.detections).toBeGreaterThan(20 * RUNS)
      expect(seen.sightings).toBeGreaterThan(RUNS)
    },
  )
})
