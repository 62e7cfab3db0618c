import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_PACK_DIR } from '@sam3-fleet/models/pack/load-pack'
import { seenInStreet } from '@sam3-fleet/models/detect/testing/street-frame'
import { openPack, type OpenPack } from '@sam3-fleet/models/pack/open-pack'
import { iou } from '@sam3-fleet/shared/domain/geometry'
import { CROP_MAX_BYTES } from '@sam3-fleet/shared/protocol/bounds'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { createTempDir, type TempDir } from '@sam3-fleet/test-kit/temp-dir'
import { openAvFrameSource } from '../capture/av-frame-source.ts'
import { createPlaceTimeDeduplicator } from '../dedup/place-time-deduplicator.ts'
import type { PipelineStore } from '../store/pipeline-store.ts'
import { openTestStore, type TestStore } from '../store/testing/test-store.ts'
import type { VideoRecord } from '../store/video-store.ts'
import { createByteTracker } from '../track/byte-tracker.ts'
import type { PipelineRequest } from './pipeline.ts'
import { createVideoPipeline, type VideoPipeline } from './video-pipeline.ts'

const CLIP = 'bikes.mp4'
/** Of 250 frames at 25 a second, these many are looked at. */
const LOOKED_AT = 30
const DETECT_FPS = 3

interface DetectionRow {
  frame_idx: number
  track_id: number
  sighting_id: string
  label: string
  text_prompt: string | null
  x: number
  y: number
  w: number
  h: number
}

let pack: OpenPack
let dir: TempDir
let store: TestStore
let video: VideoRecord

beforeAll(async () => {
  pack = await openPack(DEFAULT_PACK_DIR, { detectorWorkers: 1 })
})
afterAll(() => pack[Symbol.asyncDispose]())

beforeEach(async () => {
  dir = await createTempDir('pipeline')
  store = openTestStore(join(dir.path, 'device.db'))
  store.pipeline.registerSpace(pack.textEncoder.space)
  const path = clipPath(CLIP)
  const source = store.sources.upsertSource(
    { name: 'road', uri: path, prompts: [], detectFps: DETECT_FPS, enabled: true },
    'file',
  )
  video = store.videos.openVideo({
    id: randomUUID(),
    sourceId: source.record.id,
    path,
    sha256: null,
    width: null,
    height: null,
    durationMs: null,
    timeOrigin: 'recorded_at',
    originMs: 1_700_000_000_000,
  })
})
afterEach(async () => {
  store[Symbol.dispose]()
  await dir[Symbol.asyncDispose]()
})

function createPipeline(kept: PipelineStore = store.pipeline): VideoPipeline {
  return createVideoPipeline({
    openSource: openAvFrameSource,
    detector: pack.detector,
    textEncoder: pack.textEncoder,
    resembler: pack.resembler,
    thresholds: pack.thresholds,
    store: kept,
    videos: store.videos,
    deduplicator: createPlaceTimeDeduplicator(),
    createTracker: createByteTracker,
    hasRoom: () => Promise.resolve(),
    newId: randomUUID,
    clock: systemClock,
  })
}

function request(part: Partial<PipelineRequest> = {}): PipelineRequest {
  return {
    video,
    sourceName: 'road',
    uri: clipPath(CLIP),
    kind: 'file',
    detectFps: DETECT_FPS,

    motionGate: false,
    prompts: null,
    keep: 'matches',
    confidenceThreshold: null,
    ...part,
  }
}

/** A street seen from above, with people and cars in it. */
const STREET = fileURLToPath(new URL('../../../models/src/detect/golden/street.png', import.meta.url))

const all = <Row>(sql: string): Row[] => store.db.prepare(sql).all() as Row[]
const detections = (): DetectionRow[] => all('SELECT * FROM detections ORDER BY frame_idx, detection_id')
const never = new AbortController().signal

describe('a recording', () => {
  test('comes out as closed sightings that account for every detection', async () => {
    let frames = 0
    const pipeline = createPipeline()
    const done = await pipeline.run(request(), { signal: never, onProgress: () => void (frames += 1) })
    expect(frames).toBe(LOOKED_AT)
    expect(done.progress).toBe(1)
    expect(store.videos.video(video.id)).toMatchObject({ width: 640, height: 272, finished: true })

    const sightings = all<{
      id: string
      state: string
      count: number
      track_count: number
      label: string
      description: string
      first_seen_ms: number
      vector_hash: string
      media_sha256: string
    }>('SELECT * FROM sightings')
    expect(sightings.length).toBe(done.sightings)
    expect(sightings.length).toBeGreaterThan(2)
    for (const sighting of sightings) {
      const own = detections().filter((detection) => detection.sighting_id === sighting.id)
      expect(sighting.state).toBe('closed')
      expect(sighting.count).toBe(own.length)
      expect(sighting.track_count).toBe(new Set(own.map((detection) => detection.track_id)).size)
      expect(sighting.description).toContain(sighting.label)
      expect(sighting.first_seen_ms).toBeGreaterThanOrEqual(video.originMs)
    }
    const crops = all<{ sha256: string; content: Uint8Array }>('SELECT sha256, content FROM media')
    expect(crops.map(({ sha256 }) => sha256)).toEqual(
      expect.arrayContaining(sightings.map((sighting) => sighting.media_sha256)),
    )
    expect(Math.max(...crops.map(({ content }) => content.byteLength))).toBeLessThanOrEqual(CROP_MAX_BYTES)
    expect(await pipeline.lastFrame(video.sourceId, 320)).toMatchObject({ width: 320 })
  })

  test('of one picture that is to be turned has the size that a person sees', async () => {
    const path = join(dir.path, 'turned.jpg')
    await sharp(STREET).withMetadata({ orientation: 6 }).jpeg().toFile(path)
    const photo = store.videos.openVideo({ ...video, id: randomUUID(), path })
    await createPipeline().run(request({ video: photo, uri: path }), { signal: never })
    expect(store.videos.video(photo.id)).toMatchObject({ width: 312, height: 416 })
  })

  test('of one picture shows each sure thing once, also what stands still in it', async () => {
    const photo = store.videos.openVideo({ ...video, id: randomUUID(), path: STREET })
    await createPipeline().run(request({ video: photo, uri: STREET, keep: 'all' }), { signal: never })
    expect(store.videos.video(photo.id)).toMatchObject({ width: 416, height: 312, finished: true })
    const found = detections()
    for (const seen of seenInStreet()) {
      const close = found.filter(
        ({ label, x, y, w, h }) => label === seen.label && iou([x, y, w, h], seen.bbox) >= 0.5,
      )
      expect(close).toHaveLength(1)
    }
    const sightings = all<{ state: string; count: number; description: string; attributes: string }>(
      'SELECT * FROM sightings',
    )
    expect(sightings).toHaveLength(found.length)
    for (const { state, count, description, attributes } of sightings) {
      expect([state, count]).toEqual(['closed', 1])
      expect(JSON.parse(attributes)).toHaveProperty('resembles')
      expect(description).not.toContain('standing')
    }
  })

  test('that a dead process left goes on at its checkpoint: nothing is kept twice', async () => {
    let commits = 0
    const dying: PipelineStore = {
      ...store.pipeline,
      commit(work) {
        // From here on nothing reaches the disk, as when the process is gone.
        if (++commits > 3) throw new Error('the process died')
        store.pipeline.commit(work)
      },
    }
    await expect(createPipeline(dying).run(request(), { signal: never })).rejects.toThrow('the process died')
    const before = detections()
    const checkpoint = store.videos.video(video.id)?.framesDone as number
    expect(checkpoint).toBeGreaterThan(0)
    expect(before.every((detection) => detection.frame_idx < checkpoint)).toBe(true)

    const seen: number[] = []
    await createPipeline().run(request(), {
      signal: never,
      onProgress: ({ framesDone }) => void seen.push(framesDone),
    })
    expect(seen[0]).toBeGreaterThan(checkpoint)
    const after = detections()
    expect(after).toEqual(expect.arrayContaining(before))
    expect(new Set(after.map((each) => `${each.track_id}/${each.frame_idx}`)).size).toBe(after.length)
    const openTracks = before.filter((each) => each.frame_idx > checkpoint - 30).map((each) => each.track_id)
    expect(after.some((each) => each.frame_idx >= checkpoint && openTracks.includes(each.track_id))).toBe(
      true,
    )
    expect(all("SELECT id FROM sightings WHERE state = 'open'")).toEqual([])
    expect(store.videos.video(video.id)?.finished).toBe(true)
  })

  const asks = (text: string, label: string, colours: string[]) => ({
    text,
    interpretation: { prompt: text, labels: [{ label, similarity: 1 }], colours, ignored: [], summary: '' },
  })

  test('of a source keeps all and marks what a prompt asks for', async () => {
    await createPipeline().run(request({ prompts: [asks('cyclists', 'person', [])], keep: 'all' }), {
      signal: never,
    })
    const marked = all<{ label: string; text_prompt: string | null }>('SELECT * FROM sightings')
    expect(new Set(marked.map(({ label }) => label)).size).toBeGreaterThan(1)
    for (const { label, text_prompt } of marked)
      expect(text_prompt).toBe(label === 'person' ? 'cyclists' : null)
  })

  test('of a job keeps only what its prompt asks for', async () => {
    await createPipeline().run(
      request({ prompts: [asks('cyclists', 'person', []), asks('a pink car', 'car', ['pink'])] }),
      { signal: never },
    )
    const kept = detections()
    expect(kept.length).toBeGreaterThan(0)
    expect(new Set(kept.map(({ label }) => label))).toEqual(new Set(['person']))
    expect(new Set(kept.map((detection) => detection.text_prompt))).toEqual(new Set(['cyclists']))
  })

  test('that is not wanted any more stops, and what was found stays', async () => {
    const stop = new AbortController()
    const running = createPipeline().run(request(), {
      signal: stop.signal,
      onProgress: ({ detections: found }) => {
        if (found > 0) stop.abort()
      },
    })
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(detections().length).toBeGreaterThan(0)
    expect(all("SELECT id FROM sightings WHERE state = 'open'")).toEqual([])
    expect(store.videos.video(video.id)).toMatchObject({ finished: false })
  })
})
