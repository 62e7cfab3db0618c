// Frames through GStreamer: the path of Jetson's decoder and cameras, and of any machine that has GStreamer. Decoding,
// choosing and scaling happen on the threads of GStreamer; here frames get their number, their shot and their owner.
import { letterboxFor } from '@sam3-fleet/models/image/rgb-image'
import type { CaptureEvent, GstAddon, NativeCapture } from '@sam3-fleet/gst-native/native-addon'
import { FleetError, must } from '@sam3-fleet/shared/errors/fleet-error'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import {
  DURATION_MAX_S,
  NETWORK_SILENCE_MAX_MS,
  OPEN_TIMEOUT_MS,
  PIXELS_MAX,
  STREAMS_MAX,
} from './capture-limits.ts'
import { fileDemuxer } from './file-demuxer.ts'
import type {
  CapturedFrame,
  FrameSource,
  OpenFrameSource,
  OpenSourceOptions,
  SourceInfo,
} from './frame-source.ts'
import { captureGraph, type GstPath } from './gst-graph.ts'
import { createMessageInbox, type MessageInbox } from './message-inbox.ts'
import { createCutDetector, type CutDetector } from './scene-cut.ts'
import { isStillDemuxer } from './sniff-media.ts'
import { sourceFailure, withoutAddress } from './source-failure.ts'
import { workingSize } from './working-size.ts'

/** Milliseconds that a pipeline has to end before nobody waits for it any more; it ends by itself later. */
const STOP_TIMEOUT_MS = 2_000
const LIMITS = {
  pixelsMax: PIXELS_MAX,
  streamsMax: STREAMS_MAX,
  durationMaxMs: DURATION_MAX_S * 1_000,
  silenceMaxMs: NETWORK_SILENCE_MAX_MS,
}
/** Degrees clockwise by the tag `image-orientation`; mirrored ones turn like those that are not. */
const QUARTER_TURNED = /^(flip-)?rotate-(90|270)$/

export interface GstFrameSourceDeps {
  addon: GstAddon
  installed: ReadonlySet<string>
  /** Best first, software last. */
  paths: readonly GstPath[]
  /** Pictures are one frame of few kilobytes: FFmpeg reads them, with their orientation, on every device. */
  openStill: OpenFrameSource
  /** Hears once of each path that failed where the next one went on; it is not tried again in this process. */
  onPathFailed: (path: GstPath, detail: string) => void
}

type InfoEvent = Extract<CaptureEvent, { type: 'info' }>

/** One pipeline that was opened. */
interface Running {
  path: GstPath
  capture: NativeCapture
  inbox: MessageInbox<CaptureEvent>
  info: InfoEvent
  stop(): Promise<void>
}

/** Opens sources along the given paths, and leaves out those that failed for an earlier source. */
export function createGstFrameSources(deps: GstFrameSourceDeps): OpenFrameSource {
  const failed = new Set<GstPath>()
  return async (options) => {
    const format = options.kind === 'file' ? await fileDemuxer(options.uri) : options.kind
    if (isStillDemuxer(format)) return deps.openStill(options)
    const paths = deps.paths.filter((path) => !failed.has(path))
    const onPathFailed = (path: GstPath, detail: string): void => {
      if (failed.has(path)) return
      failed.add(path)
      deps.onPathFailed(path, withoutAddress(options, detail))
    }
    return openSource({ ...deps, paths, onPathFailed }, options, format)
  }
}

async function openSource(
  deps: GstFrameSourceDeps,
  options: OpenSourceOptions,
  format: string,
): Promise<FrameSource> {
  const paths = [...deps.paths]
  /** Left for the next one, and not yet shown to be the reason: a damaged file or a dead camera fails along each. */
  const suspects: { path: GstPath; detail: string }[] = []
  let running = await openFirst()
  let dropped = 0
  let decodedBy: string | null = null

  /** Along the first path that opens it. */
  async function openFirst(): Promise<Running> {
    for (;;) {
      const path = must(paths[0], 'a path')
      try {
        return await openAlong(deps, options, { format, path })
      } catch (error) {
        if (paths.length === 1 || isCancelled(error)) throw error
        giveUp(error)
      }
    }
  }

  function giveUp(error: unknown): void {
    const path = paths.shift()
    if (path) suspects.push({ path, detail: error instanceof Error ? error.message : String(error) })
  }

  /** Called when a frame came that they did not give. */
  function blameSuspects(): void {
    for (const { path, detail } of suspects.splice(0)) deps.onPathFailed(path, detail)
  }

  async function* frames(fromFrame: number): AsyncGenerator<CapturedFrame, void, void> {
    const cuts = createCutDetector()
    let next = fromFrame
    for (;;) {
      try {
        for await (const { captured, ...by } of framesOf(running, { options, fromFrame: next, cuts })) {
          dropped = by.dropped
          decodedBy = by.decoder
          next = captured.frameIdx + 1
          blameSuspects()
          yield captured
        }
        return
      } catch (error) {
        // A stream that was lost on the way is opened anew by whoever watches over it, along the next path.
        const isOver = paths.length === 1 || isCancelled(error)
        if (!isOver) giveUp(error)
        if (isOver || (options.kind !== 'file' && next > fromFrame)) throw error
        await running.stop()
        running = await openFirst()
      }
    }
  }

  return {
    info: infoOf(running.info, options, format),
    get dropped() {
      return dropped
    },
    get decodedBy() {
      return decodedBy
    },
    frames,
    [Symbol.asyncDispose]: () => running.stop(),
  } satisfies FrameSource
}

async function openAlong(
  { addon, installed }: GstFrameSourceDeps,
  options: OpenSourceOptions,
  { format, path }: { format: string; path: GstPath },
): Promise<Running> {
  const graph = captureGraph({ source: options, format, path, installed })
  if (!graph || graph.branches.length + (options.kind === 'camera' ? 1 : 0) === 0)
    throw sourceFailure(options, {
      message: 'cannot be opened',
      detail: 'GStreamer has no plugin for it here',
    })
  const inbox = createMessageInbox<CaptureEvent>(options)
  const closed = Promise.withResolvers<void>()
  const isLive = options.kind !== 'file'
  const capture = new addon.Capture(
    { graph, isLive, detectFps: options.detectFps, limits: LIMITS },
    (event) => {
      if (event.type !== 'closed') return inbox.put(event)
      inbox.die(sourceFailure(options, { message: 'stopped working', detail: 'its decoder ended' }))
      closed.resolve()
    },
  )
  const stop = async (): Promise<void> => {
    capture.stop()
    const late = new AbortController()
    const waited = systemClock.sleep(STOP_TIMEOUT_MS, late.signal).catch(() => undefined)
    await Promise.race([closed.promise, waited])
    late.abort()
  }
  try {
    const opening = AbortSignal.any([options.signal, AbortSignal.timeout(OPEN_TIMEOUT_MS[options.kind])])
    const info = await inbox.next(opening)
    if (info.type === 'info') return { path, capture, inbox, info, stop }
    const detail = info.type === 'error' ? info.message : 'it has no picture'
    throw sourceFailure(options, { message: 'cannot be opened', detail })
  } catch (error) {
    await stop()
    throw error
  }
}

interface HandedOver {
  captured: CapturedFrame
  dropped: number
  decoder: string
}

async function* framesOf(
  { capture, inbox, info }: Running,
  { options, fromFrame, cuts }: { options: OpenSourceOptions; fromFrame: number; cuts: CutDetector },
): AsyncGenerator<HandedOver, void, void> {
  const working = workingSize(...turned(info))
  const fitted = letterboxFor(working.width, working.height, options.input)
  const input = { width: fitted.inputWidth, height: fitted.inputHeight }
  const slots = new Map<number, { image: ArrayBuffer; input: ArrayBuffer }>()
  const giveSlot = (memory = { image: rgbMemory(working), input: rgbMemory(input) }): void => {
    slots.set(capture.giveSlot(memory.image, memory.input), memory)
  }
  for (let n = 0; n < options.queueMax; n++) giveSlot()
  capture.start({ fromFrame, working, input: { ...fitted, ...input, padValue: options.input.padValue } })

  for (;;) {
    const event = await inbox.next(options.signal)
    if (event.type === 'error')
      throw sourceFailure(options, { message: 'cannot be decoded', detail: event.message })
    if (event.type === 'end') {
      if (options.kind === 'file') return
      throw sourceFailure(options, { message: 'ended', detail: 'the other side closed the stream' })
    }
    if (event.type !== 'frame') continue
    const memory = must(slots.get(event.slot), 'the memory of a frame')
    slots.delete(event.slot)
    const frame = {
      image: { data: new Uint8Array(memory.image), ...working },
      input: { data: new Uint8Array(memory.input), ...input },
      letterbox: { scale: fitted.scale, padX: fitted.padX, padY: fitted.padY },
    }
    const isCut = cuts.isCut(frame)
    if (event.isBefore) {
      giveSlot(memory)
      continue
    }
    yield {
      captured: { frameIdx: event.frameIdx, ptsMs: event.ptsMs, isCut, frame },
      dropped: event.dropped,
      decoder: info.decoder,
    }
    giveSlot()
  }
}

function rgbMemory({ width, height }: { width: number; height: number }): ArrayBuffer {
  return new ArrayBuffer(width * height * 3)
}

function turned({ width, height, orientation }: InfoEvent): [width: number, height: number] {
  return QUARTER_TURNED.test(orientation) ? [height, width] : [width, height]
}

function infoOf(info: InfoEvent, options: OpenSourceOptions, format: string): SourceInfo {
  const [width, height] = turned(info)
  const createdMs = Date.parse(info.createdAt)
  return {
    width,
    height,
    durationMs: options.kind !== 'file' || info.durationMs < 0 ? null : info.durationMs,
    frameCount: null,
    // Some recorders write 1904 or 1970: such a time says nothing.
    containerOriginMs: Number.isFinite(createdMs) && createdMs > Date.UTC(1990, 0) ? createdMs : null,
    isStill: false,
    format,
    codec: info.codec,
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof FleetError && error.code === 'CANCELLED'
}
