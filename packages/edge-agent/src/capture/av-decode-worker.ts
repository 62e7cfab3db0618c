// The decoding thread: opens one source with restricted protocols and a named demuxer, decodes, selects, fits and hands
// over frames for which it has credit. A file waits for credit; a live stream drops what nobody has time for.
import { parentPort, workerData } from 'node:worker_threads'
import { Demuxer, type Frame, type Stream } from 'node-av'
import { AV_PKT_DATA_DISPLAYMATRIX } from 'node-av/constants'
import { must } from '@sam3-fleet/shared/errors/fleet-error'
import { createFitter, rotationOfMatrix, type Fitter } from './av-fit.ts'
import { DURATION_MAX_S, NETWORK_SILENCE_MAX_MS, PIXELS_MAX, STREAMS_MAX } from './capture-limits.ts'
import type { AvWorkerData, FromAvWorker, ToAvWorker } from './av-messages.ts'
import { openDecoder, type DecodePath } from './decode-path.ts'
import { createFrameSelection } from './frame-selection.ts'
import type { SourceInfo } from './frame-source.ts'
import { createCutDetector } from './scene-cut.ts'
import { isStillDemuxer } from './sniff-media.ts'

/**
 * Microseconds of a stream that are read to learn what it is. The RTSP description names the codec; FFmpeg's default
 * waits for some forty frames to guess a frame rate that nothing here needs: 4 s at 10 frames a second, against 0.5 s.
 */
const STREAM_ANALYSIS_US = 500_000

const port = must(parentPort, 'a parent thread')
const data = workerData as AvWorkerData
const isLive = data.kind !== 'file'
/** Of a picture that goes on behind its end, nothing more is looked at. */
const isStill = isStillDemuxer(data.format)
let credit = 0
let stopped = false
let dropped = 0
let onChange: () => void = () => undefined
let demuxer: Demuxer | null = null

const say = (message: FromAvWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer)

port.on('message', (message: ToAvWorker) => {
  if (message.type === 'credit') credit += 1
  if (message.type === 'stop') {
    stopped = true
    demuxer?.interrupt()
  }
  if (message.type === 'start') void decode(message.fromFrame)
  onChange()
})

try {
  demuxer = await Demuxer.open(data.uri, { format: data.format, options: sourceOptions() })
  say({ type: 'info', info: describe(demuxer) })
} catch (error) {
  fail('cannot be opened', error)
}

function sourceOptions(): Record<string, string | number> {
  if (data.kind === 'rtsp') {
    return {
      rtsp_transport: 'tcp',
      timeout: NETWORK_SILENCE_MAX_MS * 1_000,
      analyzeduration: STREAM_ANALYSIS_US,
      fpsprobesize: 0,
      protocol_whitelist: 'rtsp,rtsps,rtp,tcp,tls,udp',
    }
  }
  // `file` alone: a container that refers to other files or addresses gets nothing.
  return { protocol_whitelist: 'file' }
}

function describe(opened: Demuxer): SourceInfo {
  const stream = videoOf(opened)
  const { width, height, codecId } = stream.codecpar
  const rotation = rotationOfMatrix(stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX))
  const isTurned = rotation === 90 || rotation === 270
  if (opened.streams.length > STREAMS_MAX) throw new Error(`it has more than ${STREAMS_MAX} streams`)
  if (width * height > PIXELS_MAX)
    throw new Error(`its frames have ${width}x${height} pixels, more than is accepted`)
  if (opened.duration > DURATION_MAX_S)
    throw new Error(`it lasts longer than ${DURATION_MAX_S / 3_600} hours`)
  const createdMs = Date.parse(opened.metadata['creation_time'] ?? '')
  return {
    width: isTurned ? height : width,
    height: isTurned ? width : height,
    durationMs: isLive || !(opened.duration > 0) ? null : Math.round(opened.duration * 1_000),
    frameCount: stream.nbFrames > 0n ? Number(stream.nbFrames) : null,
    // Some recorders write 1904 or 1970: such a time says nothing.
    containerOriginMs: Number.isFinite(createdMs) && createdMs > Date.UTC(1990, 0) ? createdMs : null,
    isStill,
    format: data.format,
    codec: String(codecId),
  }
}

function videoOf(opened: Demuxer): Stream {
  const stream = opened.video()
  if (!stream) throw new Error('it has no video stream')
  return stream
}

/** Along each path until one comes to the end; what another had handed over is not handed over again. */
async function decode(fromFrame: number): Promise<void> {
  let next = fromFrame
  try {
    for (const path of data.paths) {
      try {
        await decodeAlong(path, next, (frameIdx) => (next = frameIdx + 1))
        say({ type: 'end' })
        return
      } catch (error) {
        if (path === data.paths.at(-1) || stopped) throw error
        say({ type: 'path-failed', path, detail: detailOf(error) })
        // A stream that was lost on the way is opened anew by whoever watches over it, along the next path.
        if (isLive && next > fromFrame) throw error
        await demuxer?.close()
        demuxer = await Demuxer.open(data.uri, { format: data.format, options: sourceOptions() })
      }
    }
  } catch (error) {
    fail('cannot be decoded', error)
  } finally {
    await demuxer?.close()
    port.close()
  }
}

async function decodeAlong(
  path: DecodePath,
  fromFrame: number,
  onHandedOver: (frameIdx: number) => void,
): Promise<void> {
  const opened = must(demuxer, 'an open source')
  const stream = videoOf(opened)
  using resources = new DisposableStack()
  const { decoder } = resources.use(await openDecoder(stream, path))
  const selection = createFrameSelection(data.detectFps)
  const cuts = createCutDetector()
  const decoded = isLive
    ? decoder.frames(opened.packets(stream.index))
    : decoder.framesSync(opened.packetsSync(stream.index))
  let fitter: Fitter | null = null
  let frameIdx = -1
  let firstMs: number | null = null
  for await (const frame of decoded) {
    if (stopped) break
    if (!frame) continue
    frameIdx += 1
    const streamMs = timeOf(frame, stream, frameIdx)
    firstMs ??= streamMs
    const ptsMs = streamMs - firstMs
    const isSelected = selection.isWanted(ptsMs)
    const wanted = isSelected && frameIdx >= fromFrame
    if (isSelected && frameIdx === fromFrame - 1) {
      // The last one that was handed over before: the next may be a cut from it.
      fitter ??= resources.use(createFitter(frame, data.input))
      cuts.isCut(fitter.fit(frame))
    }
    if (wanted && isLive && credit === 0) dropped += 1
    else if (wanted) {
      await hasCredit()
      if (stopped) break
      credit -= 1
      fitter ??= resources.use(createFitter(frame, data.input))
      const fitted = fitter.fit(frame)
      const isCut = cuts.isCut(fitted)
      say({ type: 'frame', captured: { frameIdx, ptsMs, isCut, frame: fitted }, dropped, path }, [
        fitted.image.data.buffer,
        fitted.input.data.buffer,
      ] as ArrayBuffer[])
      onHandedOver(frameIdx)
      if (isStill) break
    }
    frame.free()
  }
}

/** Milliseconds of a frame; frames without a time count on by the stream's rate. */
function timeOf(frame: Frame, stream: Stream, frameIdx: number): number {
  const stamp = frame.bestEffortTimestamp
  if (stamp >= 0n) return (Number(stamp) * stream.timeBase.num * 1_000) / stream.timeBase.den
  const { num, den } = stream.avgFrameRate
  return (frameIdx * 1_000 * den) / Math.max(1, num)
}

async function hasCredit(): Promise<void> {
  while (credit === 0 && !stopped) await new Promise<void>((resolve) => (onChange = resolve))
}

function fail(message: string, error: unknown): void {
  say({ type: 'error', message, detail: detailOf(error) })
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
