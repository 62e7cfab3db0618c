// Keeps every enabled source at work and follows what people change, each source by itself.
import { toFleetError, must } from '@sam3-fleet/shared/errors/fleet-error'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import { sha256OfFile } from '@sam3-fleet/models/pack/load-pack'
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
    if (source && wanted === null) deps.store.setSourceState(id, 'disabled', '')
    if (source && wanted !== null && !signal.aborted) start(source, wanted, signal)
  }

  function start(source: StoredSource, version: string, signal: AbortSignal): void {
    const stop = new AbortController()
    const { id } = source.record
    const both = AbortSignal.any([signal, stop.signal])
    const done = runSource(
      {
        isLive:
          source.record.kind === 'rtsp' || source.record.kind === 'camera' || source.record.kind === 'folder',
        work: (inner, onProgress) => work(source, inner, onProgress),
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

  async function work(
    source: StoredSource,
    signal: AbortSignal,
    onProgress: (progress: PipelineProgress) => void,
  ): Promise<void> {
    const address = parseSourceUri(source.secretUri)
    const prompts = await interpretPrompts(source.record.prompts, deps)
    const base = {
      sourceName: source.record.name,
      detectFps: source.record.detectFps,
      prompts,
      confidenceThreshold: null,
    }
    const options = { signal, onProgress }
    if (address.kind === 'folder') return watchFolder(source, address.path, base, options)
    if (address.kind === 'file') return workFile(source, address.path, base, options)
    const uri = address.kind === 'rtsp' ? await pinCameraHost(address.url) : address.device
    await deps.pipeline.run({ ...base, kind: address.kind, uri, video: openLive(source) }, options)
  }

  async function workFile(
    source: StoredSource,
    path: string,
    base: Base,
    options: RunOptions,
  ): Promise<void> {
    const unfinished = deps.videos.unfinishedVideo(source.record.id, path)
    const sha256 = unfinished?.sha256 ?? (await sha256OfFile(path).catch(() => null))
    if (!unfinished && sha256 !== null && deps.videos.finishedVideo(source.record.id, sha256)) return
    const video = unfinished ?? deps.videos.openVideo({ ...newVideo(source), path, sha256 })
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
      for (const path of await scan.stableVideos()) {
        // One damaged file is told and passed over; the next ones are worked on.
        await workFile(source, path, base, options).catch((thrown: unknown) => {
          if (options.signal.aborted) throw thrown
          deps.store.setSourceState(
            source.record.id,
            'running',
            `${path}: ${toFleetError(thrown).message}`.slice(0, 400),
          )
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

type Base = Pick<PipelineRequest, 'sourceName' | 'detectFps' | 'prompts' | 'confidenceThreshold'>
interface RunOptions {
  signal: AbortSignal
  onProgress: (progress: PipelineProgress) => void
}

/** What a person set; state changes do not restart a source. */
function settingsOf({ record, secretUri }: StoredSource): string {
  return must(JSON.stringify([record.name, secretUri, record.prompts, record.detectFps]), 'settings')
}
