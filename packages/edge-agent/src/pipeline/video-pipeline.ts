// One recording through all stages: capture -> detect -> track -> dedup -> describe and embed -> store. Detectors work
// on several frames at once; everything after them goes in the order of time.
import sharp from 'sharp'
import type { DetectedObject, Detector } from '@sam3-fleet/models/detect/detector'
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { TextEncoder } from '@sam3-fleet/models/text/text-encoder'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { CapturedFrame, OpenFrameSource } from '../capture/frame-source.ts'
import type { Deduplicator } from '../dedup/deduplicator.ts'
import { inOrder } from '../detect/in-order.ts'
import { suppressTwins } from '../detect/suppress-twins.ts'
import { createGatedDetector, type GatedResult } from '../gate/gated-detector.ts'
import { createMotionGate } from '../gate/motion-gate.ts'
import type { PipelineStore } from '../store/pipeline-store.ts'
import type { VideoStore } from '../store/video-store.ts'
import type { Tracker } from '../track/tracker.ts'
import { createGroupCommit, type GroupCommit } from './group-commit.ts'
import type { Pipeline, PipelineProgress, PipelineRequest } from './pipeline.ts'
import { createRateMeter, type RateMeter } from './pipeline-rates.ts'
import { SightingBoard, type BoardStep } from './sighting-board.ts'

/** Selected frames that wait between capture and detection. */
const CAPTURE_QUEUE_FRAMES = 3
const PREVIEW_QUALITY = 70
/** Sources whose newest frame is kept for previews: at most 2.7 MB each. */
const PREVIEWS_MAX = 16

export interface VideoPipelineDeps {
  openSource: OpenFrameSource
  detector: Detector
  textEncoder: TextEncoder
  thresholds: { track: number; low: number }
  store: PipelineStore
  videos: VideoStore
  deduplicator: Deduplicator
  createTracker: (options: { trackThreshold: number; lastTrackId: number }) => Tracker
  /** Resolves when the disk has room for more. */
  hasRoom: (signal: AbortSignal) => Promise<void>
  newId: () => string
  clock: Clock
}

export interface VideoPipeline extends Pipeline {
  sourceFps(sourceId: string): number
  /** Unix ms of the newest frame; null before the first. */
  lastFrameMs(sourceId: string): number | null
}

interface Looked {
  captured: Omit<CapturedFrame, 'frame'>
  result: GatedResult
}

export function createVideoPipeline(deps: VideoPipelineDeps): VideoPipeline {
  const meter = createRateMeter(deps.clock)
  const lastFrames = new Map<string, { image: RgbImage; atMs: number }>()

  return {
    run: (request, options) => runVideo(deps, { meter, lastFrames }, request, options),
    rates: () => meter.rates(),
    sourceFps: (sourceId) => meter.sourceFps(sourceId),
    lastFrameMs: (sourceId) => lastFrames.get(sourceId)?.atMs ?? null,
    async lastFrame(sourceId, maxWidth) {
      const last = lastFrames.get(sourceId)
      if (!last) return null
      const { width, height } = last.image
      // The frame's own memory goes back when the next one comes, perhaps before this picture is made.
      const data = last.image.data.slice()
      const { data: bytes, info } = await sharp(data, { raw: { width, height, channels: 3 } })
        .resize(maxWidth, null, { withoutEnlargement: true })
        .webp({ quality: PREVIEW_QUALITY })
        .toBuffer({ resolveWithObject: true })
      return { bytes: new Uint8Array(bytes), width: info.width, height: info.height, atMs: last.atMs }
    },
  }
}

interface Shared {
  meter: RateMeter
  lastFrames: Map<string, { image: RgbImage; atMs: number }>
}

async function runVideo(
  deps: VideoPipelineDeps,
  shared: Shared,
  request: PipelineRequest,
  options: Parameters<Pipeline['run']>[1],
): Promise<PipelineProgress> {
  const { video } = request
  const { framesDone, lastTrackId } = deps.store.resumeVideo(video.id)
  await using source = await deps.openSource({
    uri: request.uri,
    kind: request.kind,
    detectFps: request.detectFps,
    input: deps.detector.inputSize,
    queueMax: CAPTURE_QUEUE_FRAMES,
    signal: options.signal,
  })
  const originMs = originOf(deps, request, source.info.containerOriginMs)
  const timeOrigin = deps.videos.video(video.id)?.timeOrigin ?? video.timeOrigin
  deps.videos.describeVideo(video.id, {
    width: source.info.width,
    height: source.info.height,
    ...(source.info.durationMs === null ? {} : { durationMs: source.info.durationMs }),
  })

  const trackThreshold = request.confidenceThreshold ?? deps.thresholds.track
  const tracker = deps.createTracker({ trackThreshold, lastTrackId })
  const board = new SightingBoard({
    fixed: {
      sourceId: video.sourceId,
      sourceName: request.sourceName,
      videoId: video.id,
      timeOrigin,
      spaceId: deps.textEncoder.space.spaceId,
    },
    prompts: request.prompts,
    keep: request.keep,
    deduplicator: deps.deduplicator,
    textEncoder: deps.textEncoder,
    newId: deps.newId,
    reserveDetectionIds: (count) => deps.store.reserveDetectionIds(count),
  })
  const commit = createGroupCommit(deps.store, { videoId: video.id, sourceId: video.sourceId }, deps.clock)
  const progress: PipelineProgress = {
    framesDone,
    progress: source.info.durationMs === null ? null : 0,
    detections: 0,
    sightings: 0,
  }

  /** Keeps what one frame brought; the slow parts (embedding, encoding) run in other threads. */
  const keep = async (step: BoardStep, group: GroupCommit): Promise<void> => {
    const sightings = []
    for (const due of step.due) sightings.push(await board.makeVersion(due))
    group.add({ detections: step.detections, sightings, framesDone: progress.framesDone })
    progress.detections += step.detections.length
    progress.sightings = board.sightings
  }

  const gated = request.motionGate ? createGatedDetector(deps.detector, createMotionGate()) : null
  // What a gate lets through depends on the look before.
  const inFlightMax = gated ? 1 : deps.detector.parallelism + 1

  const look = async ({ frame, ...captured }: CapturedFrame): Promise<Looked> => {
    await deps.hasRoom(options.signal)
    const how = { minConfidence: Math.min(deps.thresholds.low, trackThreshold), signal: options.signal }
    if (gated) return { captured, result: await gated.detect(frame, captured.ptsMs, how) }
    return { captured, result: { ...(await deps.detector.detect(frame, how)), held: [] } }
  }

  let droppedBefore = 0
  const frames = source.frames(framesDone)
  let ended = false
  try {
    for await (const { captured, result } of inOrder(frames, look, inFlightMax)) {
      const tsMs = originMs + Math.round(captured.ptsMs)
      const objects = wanted(suppressTwins(result.objects), request)
      const held = wanted(suppressTwins(result.held), request)
      // What stands in the same place after a false cut is joined again by dedup.
      const cutOff = captured.isCut ? tracker.finish() : []
      const { hits, ended: endedTracks } = tracker.update({ ...captured, tsMs }, objects, held)
      progress.framesDone = captured.frameIdx + 1
      if (source.info.durationMs !== null)
        progress.progress = Math.min(1, captured.ptsMs / Math.max(1, source.info.durationMs))
      await keep(
        board.take(hits, [...cutOff, ...endedTracks], {
          frameIdx: captured.frameIdx,
          tsMs,
          image: result.image,
        }),
        commit,
      )
      keepPreview(shared.lastFrames, video.sourceId, { image: result.image, atMs: tsMs })
      shared.meter.onFrame(video.sourceId, result.inferenceMs)
      shared.meter.onDropped(source.dropped - droppedBefore)
      droppedBefore = source.dropped
      options.onProgress?.({ ...progress })
    }
    ended = true
  } finally {
    tracker.finish()
    await keep(board.closeAll(), commit)
    commit.flush(ended)
  }
  return { ...progress, progress: 1 }
}

/** The sources that were seen last stay; uploads come and go. */
function keepPreview(
  frames: Shared['lastFrames'],
  sourceId: string,
  frame: { image: RgbImage; atMs: number },
): void {
  const before = frames.get(sourceId)
  if (before) giveBack(before.image)
  frames.delete(sourceId)
  frames.set(sourceId, frame)
  const [oldest] = frames
  if (frames.size <= PREVIEWS_MAX || !oldest) return
  giveBack(oldest[1].image)
  frames.delete(oldest[0])
}

/** Frees a frame's memory now: garbage of megabytes a frame is collected late and fills a small device. */
function giveBack(image: RgbImage): void {
  const { buffer } = image.data
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}

/** Where only matches are kept, only labels that are named go on; colours are judged later, over the whole track. */
function wanted(objects: DetectedObject[], { prompts, keep }: PipelineRequest): DetectedObject[] {
  if (prompts === null || keep === 'all') return objects
  const labels = new Set(
    prompts.flatMap(({ interpretation }) => interpretation.labels.map(({ label }) => label)),
  )
  return objects.filter((object) => labels.has(object.label))
}

/** Unix ms of pts 0: live streams begin now; a file's own time wins over the time of ingest, never over a given one. */
function originOf(
  deps: VideoPipelineDeps,
  { video, kind }: PipelineRequest,
  containerOriginMs: number | null,
): number {
  if (kind !== 'file') {
    const originMs = deps.clock.nowMs()
    deps.videos.describeVideo(video.id, { originMs, timeOrigin: 'live' })
    return originMs
  }
  if (video.timeOrigin !== 'ingest' || containerOriginMs === null || video.framesDone > 0)
    return video.originMs
  deps.videos.describeVideo(video.id, { originMs: containerOriginMs, timeOrigin: 'container' })
  return containerOriginMs
}
