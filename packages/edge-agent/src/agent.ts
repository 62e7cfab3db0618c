// The one place that knows all folders of the agent: makes the parts, wires them, starts and stops them in order.
import { mkdir, statfs } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { openPack } from '@sam3-fleet/models/pack/open-pack'
import { createTextPromptInterpreter } from '@sam3-fleet/models/prompt/text-prompt-interpreter'
import { encodeBackground } from '@sam3-fleet/models/score/background-captions'
import { createQueryUnderstanding } from '@sam3-fleet/models/score/query-understanding'
import type { DeviceStatus } from '@sam3-fleet/shared/fleet/device-status'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { systemRandom } from '@sam3-fleet/shared/time/random'
import { createApi, listen, type ListeningApi } from './api/api-server.ts'
import { openAvFrameSource } from './capture/av-frame-source.ts'
import { createDeviceCommands } from './commands/device-commands.ts'
import { createJobIntake } from './commands/job-intake.ts'
import type { EdgeConfig } from './config/edge-config.ts'
import { createPlaceTimeDeduplicator } from './dedup/place-time-deduplicator.ts'
import { createDiskGuard } from './disk/disk-guard.ts'
import { createUploadSweeper } from './disk/upload-sweeper.ts'
import { openIndexKeeper, type IndexKeeper } from './index/index-keeper.ts'
import { createJobRunner } from './jobs/job-runner.ts'
import { createLogger } from './observe/logger.ts'
import { createMetrics } from './observe/metrics.ts'
import { createStatusReader } from './status/status-reader.ts'
import { createVideoPipeline } from './pipeline/video-pipeline.ts'
import { createSightingSearch } from './search/sighting-search.ts'
import { createSourceSupervisor } from './sources/source-supervisor.ts'
import { redactUri } from './sources/source-uri.ts'
import { keepDeviceId, readKeptDeviceId } from './store/identity-file.ts'
import { openDatabase } from './store/open-database.ts'
import { createCropEviction } from './store/sqlite-crop-eviction.ts'
import { readIdentity } from './store/sqlite-device.ts'
import { createSqliteJobStore } from './store/sqlite-job-store.ts'
import { createSqliteOutbox } from './store/sqlite-outbox.ts'
import { createSqlitePipelineStore } from './store/sqlite-pipeline-store.ts'
import { createSqliteReaders } from './store/sqlite-readers.ts'
import { createSqliteSourceStore } from './store/sqlite-source-store.ts'
import { createSqliteVideoStore } from './store/sqlite-video-store.ts'
import { createMqttJsLink } from './sync/mqtt-js-link.ts'
import { openCredentials } from './sync/enrol.ts'
import { createSyncClient, type SyncClient } from './sync/sync-client.ts'
import { createIdleSync } from './sync/idle-sync.ts'
import { createByteTracker } from './track/byte-tracker.ts'

export const AGENT_VERSION = '0.1.0'

export interface Agent {
  readonly deviceId: string
  readonly url: string
  /** Works until `signal` fires, then stops in order: intake first, what serves it last. */
  run(signal: AbortSignal): Promise<void>
}

/** @throws FleetError when a part cannot start; nothing is left running then. */
export async function createAgent(config: EdgeConfig): Promise<Agent & { log: Logger }> {
  const clock = systemClock
  const nowMs = (): number => clock.nowMs()
  const newId = (): string => uuidv7()
  await mkdir(config.dataDir, { recursive: true })
  await using starting = new AsyncDisposableStack()

  const { db, setAside } = openDatabase(config.databasePath, nowMs())
  starting.defer(() => void db.close())
  const { deviceId, name } = readIdentity(
    db,
    { deviceId: config.deviceId ?? readKeptDeviceId(config.databasePath), name: config.deviceName },
    { nowMs: nowMs(), randomId: randomUUID },
  )
  keepDeviceId(config.databasePath, deviceId)
  const log = createLogger(config.logLevel, deviceId)
  const warnings = [...config.warnings]
  if (setAside) warnings.push(`the database was damaged and is now ${setAside}; a new one was begun`)

  const outbox = createSqliteOutbox(db, { deviceId, clock, redactUri })
  const { enqueue } = outbox
  const videos = createSqliteVideoStore(db, { deviceId, nowMs })
  const sources = createSqliteSourceStore(db, { deviceId, enqueue, nowMs, newId, redactUri })
  const jobs = createSqliteJobStore(db, { deviceId, enqueue, videos, nowMs, newId })
  const readers = createSqliteReaders(db)

  const sweeper = createUploadSweeper({ dir: config.uploadsDir, jobs, clock })
  await sweeper.removeStrays()

  const pack = starting.use(await openPack(config.packDir, { detectorWorkers: config.detectorWorkers }))
  const { detector, textEncoder, thresholds } = pack
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
  const store = createSqlitePipelineStore(db, {
    deviceId,
    enqueue,
    onCommitted: (work) =>
      keeper.onCommitted(
        work.sightings.map(({ sighting, vectorF16 }) => ({ hash: sighting.vectorHash, f16: vectorF16 })),
      ),
  })
  store.registerSpace(space)

  const disk = createDiskGuard({
    dir: config.dataDir,
    maxBytes: config.diskMaxBytes,
    clock,
    measure: readers.databaseBytes,
    reclaim: createCropEviction(db),
    stat: statfs,
  })
  const pipeline = createVideoPipeline({
    openSource: openAvFrameSource,
    detector,
    textEncoder,
    thresholds,
    store,
    videos,
    deduplicator: createPlaceTimeDeduplicator(),
    createTracker: createByteTracker,
    hasRoom: (signal) => disk.hasRoom(signal),
    newId,
    clock,
  })
  const interpreter = createTextPromptInterpreter({ encoder: textEncoder, labels: detector.labels })
  const background = await encodeBackground(textEncoder, detector.labels)
  const understanding = createQueryUnderstanding({
    encoder: textEncoder,
    labels: detector.labels,
    background,
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

  const readStatus = createStatusReader({ clock, readers, sources, jobs, pipeline, disk, warnings })
  const credentials = await openCredentials({ ...config, deviceId, name })
  const handlers = createDeviceCommands({
    spaceId: space.spaceId,
    search,
    readers,
    sources,
    jobs,
    jobRunner,
    intake,
    pipeline,
    outbox,
    nowMs,
    uploadsDir: config.uploadsDir,
    newId,
    fetchFromCentre: (path, signal) => fetchFromCentre(config.centreUrl, credentials, path, signal),
  })
  const mqttUrl = credentials?.mqttUrl ?? config.mqttUrl
  const bootId = randomUUID()
  const sync: SyncClient =
    mqttUrl === null
      ? createIdleSync(outbox)
      : createSyncClient({
          card: {
            deviceId,
            name,
            bootId,
            agentVersion: AGENT_VERSION,
            pack: { id: pack.manifest.id, version: pack.manifest.version, labels: [...detector.labels] },
          },
          outbox,
          link: createMqttJsLink({
            url: mqttUrl,
            deviceId,
            bootId,
            credentials: () => credentials,
            clock,
            random: systemRandom,
          }),
          handlers,
          readStatus,
          holdMaxBytes: config.holdMaxBytes,
          clock,
          random: systemRandom,
          log,
        })

  const fullStatus = async (): Promise<DeviceStatus> => ({ ...(await readStatus()), sync: sync.counters() })
  const api = createApi(
    {
      deviceId,
      deviceName: name,
      version: AGENT_VERSION,
      pack: { id: pack.manifest.id, version: pack.manifest.version },
      token: config.api.token,
      uploadsDir: config.uploadsDir,
      detector,
      thresholds,
      interpreter,
      search,
      readers,
      sources,
      jobs,
      jobRunner,
      intake,
      metrics: createMetrics(deviceId, fullStatus),
      indexState: () => ({ kind: keeper.index.kind, size: keeper.index.size, reason: keeper.reason }),
      isDiskPaused: () => disk.state().paused,
      readStatus: fullStatus,
      newId,
      log,
    },
    videos,
  )
  const listening: ListeningApi = starting.use(await listen(api, config.api))
  for (const warning of warnings) log.warn(warning)
  const resources = starting.move()

  return {
    deviceId,
    url: listening.url,
    log,
    async run(signal) {
      await using _resources = resources
      const intakeStopped = new AbortController()
      const syncRunning = sync.run(intakeStopped.signal)
      const diskRunning = disk.run(signal)
      await Promise.all([supervisor.run(signal), jobRunner.run(signal), diskRunning, sweeper.run(signal)])
      // The stages have committed their last; sync says goodbye after them.
      intakeStopped.abort(new Error('the agent stops'))
      await syncRunning
    },
  }
}

async function fetchFromCentre(
  centreUrl: string | null,
  credentials: { username: string; password: string } | null,
  path: string,
  signal: AbortSignal,
): Promise<Response> {
  if (centreUrl === null)
    throw new FleetError('CONFIG_INVALID', 'this device does not know the address of its centre', {
      hint: 'Set FLEET_CENTRE_URL.',
    })
  const url = new URL(path, centreUrl)
  if (url.origin !== new URL(centreUrl).origin)
    throw new FleetError('FORBIDDEN', 'an upload may only come from the centre')
  const basic =
    credentials && Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')
  return fetch(url, {
    signal,
    redirect: 'error',
    headers: basic === null ? {} : { authorization: `Basic ${basic}` },
  })
}
