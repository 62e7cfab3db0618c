// One recording through all stages: capture -> detect -> track -> dedup -> describe and embed -> store. Detectors work
// on several frames at once; everything after them goes in the order of time.
import sharp from 'sharp'
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { CapturedFrame, OpenFrameSource } from '../capture/frame-source.ts'
import { inOrder } from '../detect/in-order.ts'
import type { VideoStore } from '../store/video-store.ts'
import { paced } from './pace.ts'
import type { Pipeline, PipelineProgress, PipelineRequest, PipelineRunOptions } from './pipeline.ts'
import { createRateMeter, type RateMeter } from './pipeline-rates.ts'
import { createStages, type Looked, type StagesDeps, type StagesEnd } from './stages.ts'

/** Selected frames that wait between capture and detection. */
const CAPTURE_QUEUE_FRAMES = 3
const PREVIEW_QUALITY = 70
/** Sources whose newest frame is kept for previews: at most 2.7 MB each. */
const PREVIEWS_MAX = 16

export interface VideoPipelineDeps extends StagesDeps {
  openSource: OpenFrameSource
  videos: VideoStore
  /** Resolves when the disk has room for more. */
  hasRoom: (signal: AbortSignal) => Promise<void>
  /** Part of the wished rate that the board can bear now, 0..1; absent: all of it. */
  rateFactor?: () => number
}

export interface VideoPipeline extends Pipeline {
  sourceFps(sourceId: string): number
  /** Unix ms of the newest frame; null before the first. */
  lastFrameMs(sourceId: string): number | null
}

export function createVideoPipeline(deps: VideoPipelineDeps): VideoPipeline {
  const meter = createRateMeter(deps.clock)
  const lastFrames = new Map<string, { image: RgbImage; atMs: number }>()

  return {
    run: (request, options) => runVideo(deps, { meter, lastFrames }, request, options),
    abandon: (of) => deps.store.closeOpen(of),
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
  options: PipelineRunOptions,
): Promise<PipelineProgress> {
  const { video } = request
  const { signal } = options
  const isPaused = (): boolean => options.pause?.aborted === true && signal.reason === options.pause.reason
  const point = deps.store.resumeVideo(video.id)
  const opening = deps.openSource({
    uri: request.uri,
    kind: request.kind,
    detectFps: request.detectFps,
    input: deps.detector.inputSize,
    queueMax: CAPTURE_QUEUE_FRAMES,
    signal,
  })
  await using source = await opening.catch((thrown: unknown) => {
    if (!isPaused()) deps.store.closeOpen({ videoId: video.id })
    throw thrown
  })
  const { width, height, durationMs, containerOriginMs, isStill } = source.info
  const originMs = originOf(deps, request, containerOriginMs)
  const timeOrigin = deps.videos.video(video.id)?.timeOrigin ?? video.timeOrigin
  deps.videos.describeVideo(video.id, { width, height, ...(durationMs === null ? {} : { durationMs }) })

  const stages = createStages(deps, request, { point, originMs, timeOrigin, durationMs, isStill })
  const look = async (frame: CapturedFrame): Promise<Looked> => {
    await deps.hasRoom(signal)
    return stages.look(frame, signal)
  }
  let droppedBefore = 0
  let end: StagesEnd = 'given-up'
  try {
    const frames = paced(source.frames(point.framesDone), {
      factor: deps.rateFactor ?? (() => 1),
      isLive: request.kind !== 'file',
      clock: deps.clock,
      signal,
      onSkipped: () => shared.meter.onDropped(1),
    })
    for await (const looked of inOrder(frames, look, stages.inFlightMax)) {
      const { image, tsMs } = await stages.take(looked)
      if (isStill) deps.videos.describeVideo(video.id, turnedAs(image, { width, height }))
      keepPreview(shared.lastFrames, video.sourceId, { image, atMs: tsMs })
      shared.meter.onFrame(video.sourceId, looked.result.inferenceMs)
      shared.meter.onDropped(source.dropped - droppedBefore)
      droppedBefore = source.dropped
      options.onProgress?.({ ...stages.progress })
    }
    end = 'finished'
  } finally {
    await stages.end(end === 'given-up' && isPaused() ? 'paused' : end)
  }
  return { ...stages.progress, progress: 1 }
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

/** Pictures say how they are to be turned in their one frame only, not where a video does. */
function turnedAs(
  image: { width: number; height: number },
  { width, height }: { width: number; height: number },
): { width: number; height: number } {
  const isTurned = image.width > image.height !== width > height && width !== height
  return isTurned ? { width: height, height: width } : { width, height }
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
