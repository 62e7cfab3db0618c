// A centre with a fleet for browser tests: the real API over a database in memory, devices that are connected, behind
// and offline, and the connected ones answering commands. Nothing between console and database is replaced.
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import { commandSchema } from '@sam3-fleet/shared/protocol/command'
import { systemClock, type Clock } from '@sam3-fleet/shared/time/clock'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { createApiServices } from '@sam3-fleet/aggregator/api/create-api-services'
import { createAuthenticator } from '@sam3-fleet/aggregator/api/http/authenticate'
import { createHttpApp } from '@sam3-fleet/aggregator/api/http/http-app'
import { startHttpServer } from '@sam3-fleet/aggregator/api/http/http-server'
import type { Database } from '@sam3-fleet/aggregator/database/database'
import { createFileImport } from '@sam3-fleet/aggregator/ingest/import-file'
import { createDeviceCommands } from '@sam3-fleet/aggregator/live/device-commands'
import { createTransferRates } from '@sam3-fleet/aggregator/live/transfer-rates'
import { createFleetUnderstanding } from '@sam3-fleet/aggregator/search/fleet-understanding'
import { createQuietRevocation } from '@sam3-fleet/aggregator/testing/quiet-revocation'
import { openTestPglite } from '@sam3-fleet/aggregator/testing/test-pglite'
import { createWordEncoder } from '@sam3-fleet/aggregator/testing/word-encoder'
import pino from 'pino'
import { Registry } from 'prom-client'
import { answerOf, type DeviceMemory } from './device-answers.ts'

/**
 * Deadlines of questions to devices, so many times longer than the product's: what is tested is what an answer does on
 * the page, and on a busy machine a page takes longer than a question may.
 */
const PATIENCE = 20
const patient: Clock = {
  ...systemClock,
  sleep: (delayMs, signal) => systemClock.sleep(delayMs * PATIENCE, signal),
}

const UPLOAD_MAX_BYTES = 5_000_000
export const LABELS = ['person', 'car', 'truck', 'bicycle', 'dog']
export const ADMIN_TOKEN = 'token-of-the-administrator'

export interface FleetWorld extends AsyncDisposable {
  readonly url: string
  readonly db: Database
  /** What each connected device knows; fill it before asking. */
  readonly devices: Map<string, DeviceMemory>
  /** The centre ends, as a lost link would have it; the port stays free. */
  stopCentre(): Promise<void>
  /** It comes back at the same address. */
  startCentre(): Promise<void>
}

/** @param closed with a token; without, the centre is open to this machine. */
export async function startFleetWorld({ closed = false } = {}): Promise<FleetWorld> {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await openTestPglite())
  const folder = stack.use(await createTempDir('uploads'))
  const clock = systemClock
  const log = pino({ level: 'silent' })
  const devices = new Map<string, DeviceMemory>()
  const commands = createDeviceCommands({
    clock: patient,
    publish: async (_topic, payload) => {
      const command = commandSchema.parse(JSON.parse(Buffer.from(payload).toString('utf8')))
      const { commandId, deviceId } = command
      const memory = devices.get(deviceId)
      if (!memory) return
      const result = await answerOf(memory, command)
      const reply = { v: PROTOCOL_VERSION, commandId, deviceId, status: 'done', result }
      commands.onReply(deviceId, Buffer.from(JSON.stringify(reply)))
    },
  })
  const app = createHttpApp({
    database,
    clock,
    log,
    metrics: new Registry(),
    version: '0.0.0-test',
    auth: createAuthenticator(clock, {
      tokens: closed
        ? [
            {
              token: ADMIN_TOKEN,
              principal: { tenantId: DEFAULT_TENANT, role: 'admin', subject: 'administrator' },
            },
          ]
        : [],
      openPrincipal: { tenantId: DEFAULT_TENANT, role: 'admin', subject: 'local' },
    }),
    services: createApiServices({
      database,
      clock,
      commands,
      rates: createTransferRates(clock),
      text: createFleetUnderstanding({
        db: database,
        clock,
        encoder: createWordEncoder(),
        packLabels: LABELS,
      }),
      picture: null,
      revocation: createQuietRevocation(database),
    }),
    uploads: {
      folder: folder.path,
      maxBytes: UPLOAD_MAX_BYTES,
      verifyDevice: () => Promise.resolve(null),
    },
    enrol: () => Promise.reject(new Error('nobody enrols in these tests')),
    importFile: createFileImport({ database, clock, log }),
    health: { broker: () => ({ kind: 'aedes', version: '1.2.0', connected: true }), warnings: () => [] },
  })
  let server = await startHttpServer(app, { host: '127.0.0.1', port: 0, clock })
  const { port } = server
  stack.defer(() => server.stop())
  const kept = stack.move()
  return {
    url: `http://127.0.0.1:${port}`,
    db: database,
    devices,
    stopCentre: () => server.stop(),
    async startCentre() {
      server = await startHttpServer(app, { host: '127.0.0.1', port, clock })
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
