// Frames through FFmpeg's libraries (node-av) in a thread of its own: files, RTSP and cameras behind one contract.
import { Worker } from 'node:worker_threads'
import { workerScript } from '@sam3-fleet/models/session/answer-questions'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import type { DecodePath } from './decode-path.ts'
import type { AvWorkerData, FromAvWorker, ToAvWorker } from './av-messages.ts'
import type { CapturedFrame, FrameSource, OpenFrameSource, OpenSourceOptions } from './frame-source.ts'
import { ACCEPTED_FILES, demuxerOf, sniffFile } from './sniff-media.ts'

/**
 * Milliseconds to open a source, its thread and FFmpeg's libraries included. RTSP takes about one second on a local
 * network and is tried again; a file that is not open in time fails its job for good, however busy the device was.
 */
const OPEN_TIMEOUT_MS = { rtsp: 15_000, camera: 15_000, file: 60_000 } as const
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

  const inbox = createInbox(worker, options)
  const opening = AbortSignal.any([options.signal, AbortSignal.timeout(OPEN_TIMEOUT_MS[options.kind])])
  const first = await inbox.next(opening).catch(async (error: unknown) => {
    await worker.terminate()
    throw error
  })
  if (first.type !== 'info') {
    await worker.terminate()
    throw first.type === 'error'
      ? failure(options, first)
      : failure(options, { message: 'ended at once', detail: '' })
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
        if (message.type === 'error') throw failure(options, message)
        if (message.type === 'end') {
          if (options.kind === 'file') return
          throw failure(options, { message: 'ended', detail: 'the other side closed the stream' })
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
      hint: 'This build reads files, RTSP and V4L2 devices: let a GStreamer service offer the sensor as RTSP or as a V4L2 loopback device.',
    })
  }
  if (kind === 'camera') return 'v4l2'
  const sniffed = await sniffFile(uri).catch((cause: unknown) => {
    throw new FleetError('SOURCE_UNAVAILABLE', 'the file cannot be read', {
      hint: 'Check that the path exists on this device and that the agent may read it.',
      cause,
    })
  })
  const demuxer = demuxerOf(sniffed)
  if (demuxer !== null) return demuxer
  throw new FleetError('UNSUPPORTED_MEDIA', 'the file is no video or picture that is accepted', {
    hint: ACCEPTED_FILES,
  })
}

interface Inbox {
  /** @throws FleetError CANCELLED or SOURCE_UNAVAILABLE when `signal` fires or the thread dies first. */
  next(signal: AbortSignal): Promise<FromAvWorker>
}

/** Messages of the thread in order; its length is bounded by the credit that was given. */
function createInbox(worker: Worker, options: OpenSourceOptions): Inbox {
  const waiting: FromAvWorker[] = []
  let died: Error | null = null
  let wake: () => void = () => undefined
  worker.on('message', (message: FromAvWorker) => {
    waiting.push(message)
    wake()
  })
  const onDeath = (cause: unknown): void => {
    died ??= failure(options, {
      message: 'stopped working',
      detail: cause instanceof Error ? cause.message : 'its decoder ended',
    })
    wake()
  }
  worker.on('error', onDeath)
  worker.on('exit', onDeath)

  return {
    async next(signal) {
      const onAbort = (): void => wake()
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        for (;;) {
          if (options.signal.aborted) throw new FleetError('CANCELLED', 'the source is not wanted any more')
          if (signal.aborted)
            throw failure(options, {
              message: 'did not answer in time',
              detail: `${OPEN_TIMEOUT_MS[options.kind] / 1_000} s`,
            })
          const message = waiting.shift()
          if (message) return message
          if (died) throw died
          await new Promise<void>((resolve) => (wake = resolve))
        }
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
    },
  }
}

/** Details of FFmpeg may hold the address with its password. */
function withoutAddress({ uri }: OpenSourceOptions, detail: string): string {
  return detail.replaceAll(uri, '(source)').replaceAll(/\/\/[^/@\s]+@/g, '//')
}

function failure(
  options: OpenSourceOptions,
  { message, detail }: { message: string; detail: string },
): FleetError {
  const safe = withoutAddress(options, detail)
  if (options.kind === 'file') {
    return new FleetError('UNPROCESSABLE_MEDIA', `the file ${message}: ${safe}`, {
      hint: 'Check that the file plays elsewhere and is not cut short.',
    })
  }
  const what = options.kind === 'rtsp' ? 'stream' : 'camera'
  return new FleetError('SOURCE_UNAVAILABLE', `the ${what} ${message}: ${safe}`, {
    hint:
      options.kind === 'rtsp'
        ? 'Check address, user and password, and that the camera is on; it is tried again.'
        : 'Check that the camera is plugged in and that its driver is loaded.',
  })
}
