// Frames through FFmpeg's libraries (node-av) in a thread of its own: files, RTSP and cameras behind one contract.
import { Worker } from 'node:worker_threads'
import { workerScript } from '@sam3-fleet/models/session/answer-questions'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import type { DecodePath } from './decode-path.ts'
import type { AvWorkerData, FromAvWorker, ToAvWorker } from './av-messages.ts'
import type { CapturedFrame, FrameSource, OpenFrameSource, OpenSourceOptions } from './frame-source.ts'
import { OPEN_TIMEOUT_MS } from './capture-limits.ts'
import { fileDemuxer } from './file-demuxer.ts'
import { createMessageInbox, type MessageInbox } from './message-inbox.ts'
import { sourceFailure, withoutAddress } from './source-failure.ts'

/** Milliseconds that the thread has to end by itself before it is ended. */
const STOP_TIMEOUT_MS = 1_000

export interface AvFrameSourceDeps {
  /** Best first, software last. */
  paths: readonly DecodePath[]
  /** Hears once of each path that failed; it is not tried again in this process. */
  onPathFailed: (path: DecodePath, detail: string) => void
}

/** Opens sources along the given paths, and leaves out those that failed for an earlier source. */
export function createAvFrameSources({ paths, onPathFailed }: AvFrameSourceDeps): OpenFrameSource {
  const failed = new Set<DecodePath>()
  return (options) =>
    openSource(options, {
      paths: paths.filter((path) => !failed.has(path)),
      onPathFailed(path, detail) {
        if (failed.has(path)) return
        failed.add(path)
        onPathFailed(path, detail)
      },
    })
}

/** By software. */
export const openAvFrameSource = createAvFrameSources({ paths: ['software'], onPathFailed: () => undefined })

/** @throws FleetError SOURCE_UNAVAILABLE, UNSUPPORTED_MEDIA, UNPROCESSABLE_MEDIA. */
async function openSource(options: OpenSourceOptions, deps: AvFrameSourceDeps): Promise<FrameSource> {
  const workerData: AvWorkerData = {
    uri: options.uri,
    kind: options.kind,
    format: await demuxerFor(options),
    detectFps: options.detectFps,
    input: options.input,
    paths: deps.paths,
  }
  const worker = new Worker(workerScript('av-decode-worker', import.meta.url), { workerData, name: 'decode' })
  const tell = (message: ToAvWorker): void => worker.postMessage(message)
  // Listened for from the beginning: a thread that came to the end of its file is gone before anybody stops it.
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    tell({ type: 'stop' })
    const late = new AbortController()
    const terminated = systemClock.sleep(STOP_TIMEOUT_MS, late.signal).then(
      () => worker.terminate(),
      () => undefined,
    )
    await Promise.race([ended, terminated])
    late.abort()
  }

  const inbox = inboxOf(worker, options)
  const opening = AbortSignal.any([options.signal, AbortSignal.timeout(OPEN_TIMEOUT_MS[options.kind])])
  const first = await inbox.next(opening).catch(async (error: unknown) => {
    await worker.terminate()
    throw error
  })
  if (first.type !== 'info') {
    await worker.terminate()
    throw first.type === 'error'
      ? sourceFailure(options, first)
      : sourceFailure(options, { message: 'ended at once', detail: '' })
  }

  let dropped = 0
  let decodedBy: DecodePath | null = null
  return {
    info: first.info,
    get dropped() {
      return dropped
    },
    get decodedBy() {
      return decodedBy
    },
    async *frames(fromFrame): AsyncGenerator<CapturedFrame, void, void> {
      tell({ type: 'start', fromFrame })
      for (let n = 0; n < options.queueMax; n++) tell({ type: 'credit' })
      for (;;) {
        const message = await inbox.next(options.signal)
        if (message.type === 'error') throw sourceFailure(options, message)
        if (message.type === 'end') {
          if (options.kind === 'file') return
          throw sourceFailure(options, { message: 'ended', detail: 'the other side closed the stream' })
        }
        if (message.type === 'path-failed')
          deps.onPathFailed(message.path, withoutAddress(options, message.detail))
        if (message.type !== 'frame') continue
        dropped = message.dropped
        decodedBy = message.path
        yield message.captured
        tell({ type: 'credit' })
      }
    },
    [Symbol.asyncDispose]: stop,
  } satisfies FrameSource
}

async function demuxerFor({ kind, uri }: OpenSourceOptions): Promise<string> {
  if (kind === 'rtsp') return 'rtsp'
  if (kind === 'camera' && uri.startsWith('csi:')) {
    throw new FleetError('SOURCE_UNAVAILABLE', 'a CSI camera needs GStreamer with nvarguscamerasrc', {
      hint: 'Set FLEET_PIPELINE=gstreamer, or let another program offer the sensor as RTSP or as a V4L2 loopback device.',
    })
  }
  if (kind === 'camera') return 'v4l2'
  return await fileDemuxer(uri)
}

/** Messages of the thread in order. */
function inboxOf(worker: Worker, options: OpenSourceOptions): MessageInbox<FromAvWorker> {
  const inbox = createMessageInbox<FromAvWorker>(options)
  worker.on('message', (message: FromAvWorker) => inbox.put(message))
  const onDeath = (cause: unknown): void => {
    const detail = cause instanceof Error ? cause.message : 'its decoder ended'
    inbox.die(sourceFailure(options, { message: 'stopped working', detail }))
  }
  worker.on('error', onDeath)
  worker.on('exit', onDeath)
  return inbox
}
