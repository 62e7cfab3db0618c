// The one place that knows all folders of the agent: makes the parts, wires them, starts and stops them in order.
import { mkdir, statfs } from 'node:fs/promises'
import type { Logger } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { createClassicalSegmenter } from '@sam3-fleet/models/segment/classical-segmenter'
import { openPack } from '@sam3-fleet/models/pack/open-pack'
import { openTrtSam3 } from '@sam3-fleet/models/sam3/engines/trt-open'
import { encodeBackground } from '@sam3-fleet/models/score/background-captions'
import { createQueryUnderstanding } from '@sam3-fleet/models/score/query-understanding'
import type { DeviceStatus } from '@sam3-fleet/shared/fleet/device-status'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { systemRandom } from '@sam3-fleet/shared/time/random'
import { AGENT_VERSION } from './agent-version.ts'
import { createApi, listen, type ListeningApi } from './api/api-server.ts'
import { chooseCapture } from './capture/choose-capture.ts'
import { createDeviceCommands } from './commands/device-commands.ts'
import { fetchFromCentre, type CentreAccess } from './commands/fetch-from-centre.ts'
import { createJobIntake } from './commands/job-intake.ts'
import type { EdgeConfig } from './config/edge-config.ts'
import { createPlaceTimeDeduplicator } from './dedup/place-time-deduplicator.ts'
import { createDiskGuard } from './disk/disk-guard.ts'
import { folderBytes } from './disk/folder-bytes.ts'
import { createUploadSweeper } from './disk/upload-sweeper.ts'
import { openIndexKeeper, type IndexKeeper } from './index/index-keeper.ts'
import { createJobRunner } from './jobs/job-runner.ts'
import { createLogger } from './observe/logger.ts'
import { createMetrics } from './observe/metrics.ts'
import { createStatusReader } from './status/status-reader.ts'
import { openStores } from './open-stores.ts'
import { openSync } from './open-sync.ts'
import { createVideoPipeline } from './pipeline/video-pipeline.ts'
import { createRegrouping } from './regroup/regrouping.ts'
import { runInOrder } from './run-in-order.ts'
import { createBoardWatch } from './sense/board-watch.ts'
import { createSysfsBoard } from './sense/sysfs-board.ts'
import { createTegrastatsBoard } from './sense/tegrastats-board.ts'
import { createSightingSearch } from './search/sighting-search.ts'
import { createSourceSupervisor } from './sources/source-supervisor.ts'
import type { SightingVersion } from './store/pipeline-store.ts'
import { createCropEviction } from './store/sqlite-crop-eviction.ts'
import { createSqliteRegroupStore } from './store/sqlite-regroup-store.ts'
import { createSqlitePipelineStore } from './store/sqlite-pipeline-store.ts'
import { createByteTracker } from './track/byte-tracker.ts'

export interface Agent {
  readonly deviceId: string
  readonly url: string
  /** Works until `signal` fires, then stops in order: intake first, what serves it last. */
  run(signal: AbortSignal): Promise<void>
}

/** @throws FleetError when a part cannot start; nothing is left running then. */
export async function createAgent(config: EdgeConfig): Promise<Agent & { log: Logger }> {
  const clock = systemClock
  const startedMs = clock.monotonicMs()
  const nowMs = (): number => clock.nowMs()
  const newId = (): string => uuidv7()
  await mkdir(config.dataDir, { recursive: true })
  await using starting = new AsyncDisposableStack()

  const stores = starting.use(openStores(config, clock))
  const { db, device, outbox, videos, sources, jobs, readers } = stores
  const { deviceId, name } = device
  const log = createLogger(config.logLevel, deviceId)
  const capture = chooseCapture({
    wished: config.pipeline,
    decode: config.videoDecode,
    onPathFailed: (path, detail) => log.warn({ path, detail }, 'video is not decoded by this path any more'),
  })
  const warnings = [
    ...config.warnings,
    ...stores.warnings,
    ...(capture.warning === null ? [] : [capture.warning]),
  ]

  const sweeper = createUploadSweeper({ dir: config.uploadsDir, jobs, clock })
  await sweeper.removeStrays()

  const pack = starting.use(
    await openPack(config.packDir, {
      detectorWorkers: config.detectorWorkers,
      openSam3:
        config.sam3.runtime === 'onnxruntime'
          ? undefined
          : async (loaded) => {
              const opened = await openTrtSam3(loaded, config.sam3)
              warnings.push(...opened.warnings)
              return opened.sam3
            },
    }),
  )
  const { detector, interpreter, textEncoder, resembler, classes, vocabulary, thresholds } = pack
  const segmenter = pack.segmenter ?? starting.use(createClassicalSegmenter({ clock }))
  const { space } = textEncoder
  const keeper: IndexKeeper = starting.use(
    await openIndexKeeper({
      path: config.indexPath,
      space,
      vectors: (afterHash, limit) => readers.vectorsAfter(space.spaceId, afterHash, limit),
      wantsGpu: config.wantsGpuIndex,
      log,
    }),
  )
  const index = (versions: readonly SightingVersion[]): void =>
    keeper.onCommitted(
      versions.map(({ sighting, vectorF16 }) => ({ hash: sighting.vectorHash, f16: vectorF16 })),
    )
  const { enqueue } = outbox
  const store = createSqlitePipelineStore(db, {
    deviceId,
    enqueue,
    onCommitted: ({ sightings }) => index(sightings),
  })
  store.registerSpace(space)

  const disk = createDiskGuard({
    dir: config.dataDir,
    maxBytes: config.diskMaxBytes,
    clock,
    measure: async () => {
      const { usedBytes, reusableBytes } = readers.databaseBytes()
      return { usedBytes: usedBytes + (await folderBytes(config.uploadsDir)), reusableBytes }
    },
    reclaim: createCropEviction(db),
    stat: statfs,
  })
  const deduplicator = createPlaceTimeDeduplicator()
  const regrouping = createRegrouping({
    store: createSqliteRegroupStore(db, { deviceId, enqueue, nowMs, newId, onCommitted: index }),
    deduplicator,
    textEncoder,
    resembler,
    newId,
  })
  const tegrastats = createTegrastatsBoard({ kernel: createSysfsBoard(), clock })
  const board = createBoardWatch({
    reader: tegrastats,
    clock,
    onGoverned: ({ factor, reason }) => log.warn({ factor, reason }, 'detection runs at another rate'),
  })
  const pipeline = createVideoPipeline({
    openSource: capture.open,
    detector,
    textEncoder,
    resembler,
    thresholds,
    store,
    videos,
    deduplicator,
    createTracker: createByteTracker,
    hasRoom: (signal) => disk.hasRoom(signal),
    rateFactor: () => board.governed().factor,
    newId,
    clock,
  })
  const background = await encodeBackground(textEncoder, vocabulary)
  const understanding = createQueryUnderstanding({
    encoder: textEncoder,
    labels: vocabulary,
    background,
    classes,
  })
  const search = createSightingSearch({ spaceId: space.spaceId, index: keeper.index, readers, understanding })

  const supervisor = createSourceSupervisor({
    store: sources,
    videos,
    pipeline,
    interpreter,
    labels: detector.labels,
    newId,
    clock,
    random: systemRandom,
    onReconnected: (sourceId, elapsedMs) =>
      log.info({ sourceId, elapsedMs: Math.round(elapsedMs) }, 'the source is back'),
  })
  const jobRunner = createJobRunner({ store: jobs, pipeline, clock })
  const intake = createJobIntake({
    jobs,
    interpreter,
    labels: detector.labels,
    defaultThreshold: thresholds.track,
  })

  const readStatus = createStatusReader({
    clock,
    readers,
    sources,
    jobs,
    pipeline,
    disk,
    board,
    warnings,
  })
  const centre: CentreAccess = { centreUrl: config.centreUrl, credentials: () => credentials() }
  const handlers = createDeviceCommands({
    spaceId: space.spaceId,
    search,
    readers,
    sources,
    jobs,
    jobRunner,
    intake,
    regrouping,
    pipeline,
    outbox,
    nowMs,
    uploadsDir: config.uploadsDir,
    newId,
    fetchFromCentre: (path, signal) => fetchFromCentre(centre, path, signal),
  })
  const { sync, credentials } = await openSync(config, {
    card: {
      deviceId,
      name,
      agentVersion: AGENT_VERSION,
      pack: { id: pack.manifest.id, version: pack.manifest.version, labels: [...detector.labels] },
    },
    outbox,
    handlers,
    readStatus,
    clock,
    log,
  })

  const fullStatus = async (): Promise<DeviceStatus> => ({ ...(await readStatus()), sync: sync.counters() })
  const api = createApi({
    deviceId,
    deviceName: name,
    version: AGENT_VERSION,
    pack: { id: pack.manifest.id, version: pack.manifest.version },
    token: config.api.token,
    uploadsDir: config.uploadsDir,
    detector,
    segmenter,
    thresholds,
    interpreter,
    search,
    readers,
    sources,
    jobs,
    videos,
    outbox,
    jobRunner,
    intake,
    regrouping,
    metrics: createMetrics({ deviceId, readStatus: fullStatus, board }),
    indexState: () => ({ kind: keeper.index.kind, size: keeper.index.size, reason: keeper.reason }),
    board,
    isDiskPaused: () => disk.state().paused,
    uptimeS: () => (clock.monotonicMs() - startedMs) / 1_000,
    readStatus: fullStatus,
    newId,
    log,
  })
  const listening: ListeningApi = starting.use(await listen(api, config.api))
  for (const warning of warnings) log.warn(warning)
  const resources = starting.move()

  return {
    deviceId,
    url: listening.url,
    log,
    async run(signal) {
      await using _resources = resources
      // The stages commit their last before sync says goodbye.
      await runInOrder([[supervisor, jobRunner, disk, sweeper, board, tegrastats], [sync]], signal)
    },
  }
}
