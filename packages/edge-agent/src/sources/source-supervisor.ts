// Keeps every enabled source at work and follows what people change, each source by itself.
import { basename } from 'node:path'
import { toFleetError, must } from '@sam3-fleet/shared/errors/fleet-error'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import { sha256OfFile } from '@sam3-fleet/models/pack/verify-pack'
import type { PromptInterpreter } from '@sam3-fleet/models/prompt/prompt-interpreter'
import type { Pipeline, PipelineProgress, PipelineRequest } from '../pipeline/pipeline.ts'
import type { SourceStore, StoredSource } from '../store/source-store.ts'
import type { VideoRecord, VideoStore } from '../store/video-store.ts'
import { pinCameraHost } from './camera-host.ts'
import { createFolderScan } from './folder-scan.ts'
import { interpretPrompts } from './interpret-prompts.ts'
import { parseSourceUri } from './source-uri.ts'
import { runSource } from './source-worker.ts'

/** Milliseconds between two looks into a watched folder. */
const FOLDER_INTERVAL_MS = 2_000

export interface SourceSupervisorDeps {
  store: SourceStore & { onSourceChanged(listener: (id: string) => void): () => void }
  videos: VideoStore
  pipeline: Pipeline
  interpreter: PromptInterpreter
  labels: readonly string[]
  newId: () => string
  clock: Clock
  random: () => number
  onReconnected?: (sourceId: string, elapsedMs: number) => void
}

export interface SourceSupervisor {
  run(signal: AbortSignal): Promise<void>
}

interface Running {
  version: string
  stop: AbortController
  done: Promise<void>
}

export function createSourceSupervisor(deps: SourceSupervisorDeps): SourceSupervisor {
  const running = new Map<string, Running>()

  async function follow(id: string, signal: AbortSignal): Promise<void> {
    const source = deps.store.source(id)
    const now = running.get(id)
    const wanted = source?.record.enabled === true ? settingsOf(source) : null
    if (now?.version === wanted) return
    if (now) {
      running.delete(id)
      now.stop.abort(new Error('the source was changed'))
      await now.done
    }
    if (now || wanted === null) deps.pipeline.abandon({ sourceId: id })
    if (source && wanted === null) deps.store.setSourceState(id, 'disabled', '')
    if (source && wanted !== null && !signal.aborted) start(source, wanted, signal)
  }

  function start(source: StoredSource, version: string, signal: AbortSignal): void {
    const stop = new AbortController()
    const { id } = source.record
    const both = AbortSignal.any([signal, stop.signal])
    const live: LiveVideo = { unused: null }
    const isStream = source.record.kind === 'rtsp' || source.record.kind === 'camera'
    // A stream that a dead process left comes back as another recording.
    if (isStream) deps.pipeline.abandon({ sourceId: id })
    const done = runSource(
      {
        isLive: isStream || source.record.kind === 'folder',
        work: (inner, onProgress) => work(source, live, { signal: inner, pause: signal, onProgress }),
        setState: (state, detail) => deps.store.setSourceState(id, state, detail),
        onReconnected: (elapsedMs) => deps.onReconnected?.(id, elapsedMs),
        clock: deps.clock,
        random: deps.random,
      },
      both,
    ).catch((thrown: unknown) =>
      deps.store.setSourceState(id, 'failed', toFleetError(thrown).message.slice(0, 400)),
    )
    running.set(id, { version, stop, done })
  }

  async function work(source: StoredSource, live: LiveVideo, options: RunOptions): Promise<void> {
    const address = parseSourceUri(source.secretUri)
    const prompts = await interpretPrompts(source.record.prompts, deps)
    const base = {
      sourceName: source.record.name,
      detectFps: source.record.detectFps,
      prompts,
      motionGate: source.record.motionGate ?? ['rtsp', 'camera'].includes(address.kind),
      dedupRadius: source.record.dedupRadius ?? 1,
      keyFrameMs: source.record.keyFrameMs ?? null,
      keep: 'all' as const,
      confidenceThreshold: null,
    }
    if (address.kind === 'folder') return watchFolder(source, address.path, base, options)
    if (address.kind === 'file') return workFile(source, address.path, base, options)
    const uri = address.kind === 'rtsp' ? await pinCameraHost(address.url) : address.device
    const video = (live.unused ??= openLive(source))
    await deps.pipeline.run(
      { ...base, kind: address.kind, uri, video },
      {
        ...options,
        onProgress: (progress) => {
          live.unused = null
          options.onProgress(progress)
        },
      },
    )
  }

  async function workFile(
    source: StoredSource,
    path: string,
    base: Base,
    options: RunOptions,
  ): Promise<void> {
    const sha256 = await sha256OfFile(path).catch(() => null)
    if (sha256 !== null && deps.videos.finishedVideo(source.record.id, sha256)) return
    const begun = deps.videos.unfinishedVideo(source.record.id, path)
    // Another content under the old name is another recording; one that cannot be read now may be the same.
    const isSame = begun !== null && (sha256 === null || begun.sha256 === sha256)
    if (begun && !isSame) deps.pipeline.abandon({ videoId: begun.id })
    const video = isSame ? begun : deps.videos.openVideo({ ...newVideo(source), path, sha256 })
    await deps.pipeline.run({ ...base, kind: 'file', uri: path, video }, options)
  }

  async function watchFolder(
    source: StoredSource,
    folder: string,
    base: Base,
    options: RunOptions,
  ): Promise<void> {
    const scan = createFolderScan(folder)
    while (!options.signal.aborted) {
      for (const path of await scan.stableRecordings()) {
        await workFile(source, path, base, options).catch((thrown: unknown) => {
          const { code, message } = toFleetError(thrown)
          // A damaged file is told and passed over; other faults may pass, and the folder is begun again.
          if (code !== 'UNPROCESSABLE_MEDIA' && code !== 'UNSUPPORTED_MEDIA') throw thrown
          const detail = `left out ${basename(path)}: ${message}`
          deps.store.setSourceState(source.record.id, 'running', detail.slice(0, 400))
        })
      }
      await deps.clock.sleep(FOLDER_INTERVAL_MS, options.signal)
    }
  }

  function openLive(source: StoredSource): VideoRecord {
    return deps.videos.openVideo({ ...newVideo(source), path: null, sha256: null, timeOrigin: 'live' })
  }

  function newVideo(source: StoredSource): Omit<VideoRecord, 'path' | 'sha256' | 'framesDone' | 'finished'> {
    return {
      id: deps.newId(),
      sourceId: source.record.id,
      width: null,
      height: null,
      durationMs: null,
      timeOrigin: 'ingest',
      originMs: deps.clock.nowMs(),
    }
  }

  return {
    async run(signal) {
      // Changes of one source are followed one after the other, those of different sources at once.
      const following = new Map<string, Promise<void>>()
      const onChanged = (id: string): void => {
        const before = following.get(id) ?? Promise.resolve()
        following.set(
          id,
          before.then(() => follow(id, signal)),
        )
      }
      const stopListening = deps.store.onSourceChanged(onChanged)
      for (const source of deps.store.sources()) onChanged(source.record.id)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      stopListening()
      await Promise.all(following.values())
      await Promise.all([...running.values()].map(({ done }) => done))
    },
  }
}

/** The video of a connection that gave no frame is left to the next attempt: a camera that is off makes none. */
interface LiveVideo {
  unused: VideoRecord | null
}

type Base = Pick<
  PipelineRequest,
  | 'sourceName'
  | 'detectFps'
  | 'motionGate'
  | 'dedupRadius'
  | 'keyFrameMs'
  | 'prompts'
  | 'keep'
  | 'confidenceThreshold'
>
interface RunOptions {
  signal: AbortSignal
  /** Fires when the agent stops, not when a person changes the source. */
  pause: AbortSignal
  onProgress: (progress: PipelineProgress) => void
}

/** What a person set; state changes do not restart a source. */
function settingsOf({ record, secretUri }: StoredSource): string {
  return must(
    JSON.stringify([
      record.name,
      secretUri,
      record.prompts,
      record.detectFps,
      record.motionGate ?? null,
      record.dedupRadius ?? 1,
      record.keyFrameMs ?? null,
    ]),
    'settings',
  )
}
