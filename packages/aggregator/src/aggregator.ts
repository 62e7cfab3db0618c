// The one place that knows all folders of the centre: makes the parts, wires them, starts and stops them in order.
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { Registry, collectDefaultMetrics } from 'prom-client'
import type { Logger } from 'pino'
import { openTextEncoder } from '@sam3-fleet/models/pack/open-pack'
import { DEFAULT_PACK_DIR } from '@sam3-fleet/models/pack/load-pack'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { parseTopic, topics } from '@sam3-fleet/shared/protocol/topics'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { systemRandom } from '@sam3-fleet/shared/time/random'
import { createCentreApi } from './api/create-centre-api.ts'
import { startHttpServer } from './api/http/http-server.ts'
import type { Principal } from './broker/broker-rights.ts'
import { startEmbeddedBroker } from './broker/embedded-broker.ts'
import type { FleetBus } from './broker/fleet-bus.ts'
import { createMqttBus } from './broker/mqtt-bus.ts'
import type { CentreConfig } from './config/centre-config.ts'
import { openDatabase } from './database/open-database.ts'
import { createFleetService, type FleetService } from './fleet/fleet-service.ts'
import { createFileImport } from './ingest/import-file.ts'
import { createRevocation } from './fleet/revocation.ts'
import { createIngest } from './ingest/ingest.ts'
import { createLogger } from './observe/logger.ts'
import { forgetPresence, readIncarnation } from './store/write-devices.ts'

export const CENTRE_VERSION = '0.1.0'
/** Too short for a device id, so that no device can be taken for the centre. */
const CENTRE_CLIENT_ID = 'centre'
const CENTRE_SECRET_BYTES = 32

export interface Aggregator {
  readonly log: Logger
  readonly url: string
  readonly mqttUrl: string
  /** Works until `signal` fires, then stops in order: callers first, the database last. */
  run(signal: AbortSignal): Promise<void>
}

/** @throws FleetError when a part cannot start; nothing is left running then. */
export async function createAggregator(config: CentreConfig): Promise<Aggregator> {
  const clock = systemClock
  const tenantId = DEFAULT_TENANT
  const log = createLogger(config.logLevel)
  await using starting = new AsyncDisposableStack()

  await mkdir(config.uploadsDir, { recursive: true })
  const database = starting.use(
    await openDatabase({
      url: config.databaseUrl,
      dir: config.databaseDir,
      onConnectionLost: (error) =>
        log.warn({ err: error }, 'a connection to the database was lost; another is opened'),
    }),
  )
  const incarnation = await readIncarnation(database, randomUUID())
  await forgetPresence(database, tenantId)

  // The broker asks the fleet service who a client is; the service needs the broker's address: it is filled in below.
  let fleet: FleetService | null = null
  const centreSecret = randomBytes(CENTRE_SECRET_BYTES).toString('base64url')
  const authenticate = async (client: {
    clientId: string
    username: string | null
    password: string | null
  }): Promise<Principal | null> => {
    if (client.username === CENTRE_CLIENT_ID && client.password === centreSecret) return { centre: true }
    if (client.username !== null && client.password !== null) {
      const deviceId = (await fleet?.authenticateDevice(client.username, client.password)) ?? null
      return deviceId === null ? null : { deviceId }
    }
    const isOpen = config.enrolment === 'open' && client.username === null
    return isOpen && (await fleet?.mayEnterOpen(client.clientId)) ? { deviceId: client.clientId } : null
  }
  const embedded =
    config.outsideBrokerUrl === null
      ? starting.use(await startEmbeddedBroker({ ...config.broker, authenticate, clock, log }))
      : null
  const mqttUrl = config.outsideBrokerUrl ?? `mqtt://${embedded?.host}:${embedded?.port}`
  const bus: FleetBus = createMqttBus({
    url: mqttUrl,
    clientId: CENTRE_CLIENT_ID,
    startId: randomUUID(),
    credentials: embedded ? { username: CENTRE_CLIENT_ID, password: centreSecret } : null,
    broker: embedded && { kind: 'aedes', version: embedded.version },
    clock,
    random: systemRandom,
    log,
  })
  const publish = (topic: string, payload: Uint8Array): Promise<void> => bus.publish(topic, payload)

  const deps = { database, tenantId, incarnation, publish, clock, log }
  fleet = createFleetService({ ...deps, mqttUrl: config.broker.publicUrl ?? withoutUser(mqttUrl) })
  const service = fleet
  const ingest = createIngest(deps)

  const encoder = starting.use(await openTextEncoder(config.packDir ?? DEFAULT_PACK_DIR))
  const metrics = new Registry()
  collectDefaultMetrics({ register: metrics })
  const api = createCentreApi({
    database,
    clock,
    log,
    metrics,
    version: CENTRE_VERSION,
    publish,
    adminToken: config.adminToken,
    text: {
      encoder,
      packLabels: encoder.pack.manifest.detector?.labels ?? [],
      classes: encoder.classes,
    },
    uploads: {
      folder: config.uploadsDir,
      maxBytes: config.uploadMaxBytes,
      verifyDevice: async (deviceId, secret) =>
        (await service.authenticateDevice(deviceId, secret)) === null ? null : { tenantId },
    },
    enrol: (request) => service.enrol(request),
    revocation: createRevocation({
      ...deps,
      disconnect: embedded && ((deviceId) => embedded.disconnect(deviceId)),
    }),
    importFile: createFileImport(deps),
    health: { broker: () => ({ ...bus.description, connected: bus.connected }), warnings: () => [] },
  })

  /** One message of a device; what fails is logged, and the device says it again. */
  async function onMessage(topic: string, payload: Uint8Array): Promise<void> {
    const parsed = parseTopic(topic)
    if (!parsed || parsed.direction === 'down') return
    const { deviceId } = parsed
    if (parsed.direction === 'presence') await service.onPresence(deviceId, payload)
    else if (parsed.channel === 'batch') ingest.onBatch(deviceId, payload)
    else if (parsed.channel === 'hello') await service.onHello(deviceId, payload)
    else if (parsed.channel === 'reply') api.onReply(deviceId, payload)
    else {
      const status = await service.onStatus(deviceId, payload)
      if (status) api.onStatus(deviceId, status)
    }
  }
  for (const filter of [topics.fleetUp, topics.fleetPresence]) {
    bus.subscribe(filter, (topic, payload) => {
      onMessage(topic, payload).catch((thrown: unknown) =>
        log.error({ err: toFleetError(thrown), topic }, 'a message could not be handled'),
      )
    })
  }

  const http = await startHttpServer(api.app, { ...config.api, clock })
  const resources = starting.move()

  return {
    log,
    url: `http://${http.host}:${http.port}`,
    mqttUrl: withoutUser(mqttUrl),
    async run(signal) {
      await using _resources = resources
      const warming = api
        .warmUp()
        .catch((thrown: unknown) =>
          log.warn({ err: toFleetError(thrown) }, 'the first question will be slower'),
        )
      await Promise.all([bus.run(signal), ingest.run(signal)])
      await http.stop()
      // It works on the database and the encoder, which are closed next.
      await warming
    },
  }
}

function withoutUser(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/@]*@/i, '$1')
}
