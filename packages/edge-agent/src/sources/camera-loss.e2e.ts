import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DEFAULT_PACK_DIR } from '@sam3-fleet/models/pack/load-pack'
import { openPack } from '@sam3-fleet/models/pack/open-pack'
import { createTextPromptInterpreter } from '@sam3-fleet/models/prompt/text-prompt-interpreter'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { startRtspServer } from '@sam3-fleet/test-kit/rtsp-server'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { openAvFrameSource } from '../capture/av-frame-source.ts'
import type { OpenFrameSource } from '../capture/frame-source.ts'
import { gstFrameSources } from '../capture/testing/open-gst-source.ts'
import { createPlaceTimeDeduplicator } from '../dedup/place-time-deduplicator.ts'
import { createVideoPipeline } from '../pipeline/video-pipeline.ts'
import { openTestStore } from '../store/testing/test-store.ts'
import { createByteTracker } from '../track/byte-tracker.ts'
import { createSourceSupervisor } from './source-supervisor.ts'

/** The end of a connection is seen at once; what there was on its way is committed first. */
const TOLD_MAX_MS = 10_000
/**
 * From the camera's return to the next frame: the longest pause between two tries, opening, a keyframe. It is seconds
 * where the camera is back within seconds; on a busy machine its own start takes so long that the pauses have grown.
 */
const RETURN_MAX_MS = 45_000

test.each<[string, OpenFrameSource]>([
  ['FFmpeg', openAvFrameSource],
  ['GStreamer', gstFrameSources()],
])(
  'through %s a camera that dies is told of at once and watched again by itself when it is back',
  async (_, openSource) => {
    await using pack = await openPack(DEFAULT_PACK_DIR, { detectorWorkers: 1 })
    await using dir = await createTempDir('camera-loss')
    await using camera = await startRtspServer(clipPath('vtest.avi'))
    using store = openTestStore(join(dir.path, 'device.db'))
    store.pipeline.registerSpace(pack.textEncoder.space)
    const pipeline = createVideoPipeline({
      openSource,
      detector: pack.detector,
      textEncoder: pack.textEncoder,
      thresholds: pack.thresholds,
      store: store.pipeline,
      videos: store.videos,
      deduplicator: createPlaceTimeDeduplicator(),
      createTracker: createByteTracker,
      hasRoom: () => Promise.resolve(),
      newId: randomUUID,
      clock: systemClock,
    })
    const supervisor = createSourceSupervisor({
      store: store.sources,
      videos: store.videos,
      pipeline,
      interpreter: createTextPromptInterpreter({ encoder: pack.textEncoder, labels: pack.detector.labels }),
      labels: pack.detector.labels,
      newId: randomUUID,
      clock: systemClock,
      random: () => 1,
    })
    const input = { name: 'street', uri: camera.url, prompts: [], detectFps: 5, enabled: true }
    const { id } = store.sources.upsertSource(input, 'rtsp').record
    const state = () => store.sources.source(id)?.record.state
    const sightings = () => store.db.prepare('SELECT DISTINCT video_id FROM sightings').all()
    const stop = new AbortController()
    const running = supervisor.run(stop.signal)
    try {
      await waitUntil('the first sightings', () => sightings().length === 1)

      await camera.kill9()
      const diedMs = systemClock.monotonicMs()
      await waitUntil('the loss to be told', () => state() === 'reconnecting')
      const toldMs = systemClock.monotonicMs() - diedMs
      expect(store.db.prepare("SELECT 1 FROM sightings WHERE state = 'open'").all()).toEqual([])

      await camera.restart()
      const backMs = systemClock.monotonicMs()
      await waitUntil('the camera to run again', () => state() === 'running')
      const returnedMs = systemClock.monotonicMs() - backMs
      await waitUntil('sightings of the new connection', () => sightings().length === 2)
      expect.soft(toldMs, `told after ${Math.round(toldMs)} ms`).toBeLessThan(TOLD_MAX_MS)
      expect.soft(returnedMs, `running after ${Math.round(returnedMs)} ms`).toBeLessThan(RETURN_MAX_MS)
    } finally {
      stop.abort()
      await running
    }
  },
)
