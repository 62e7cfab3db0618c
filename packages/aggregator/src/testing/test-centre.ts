// The centre's HTTP side on a real port, over a database in memory, without broker or model: for tests of the API.
import pino from 'pino'
import { Registry } from 'prom-client'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { createApiServices } from '../api/create-api-services.ts'
import { createAuthenticator, type ApiToken } from '../api/http/authenticate.ts'
import { createHttpApp } from '../api/http/http-app.ts'
import { startHttpServer } from '../api/http/http-server.ts'
import type { Role } from '../api/principal.ts'
import type { Database } from '../database/database.ts'
import { createFileImport } from '../ingest/import-file.ts'
import { createDeviceCommands } from '../live/device-commands.ts'
import { createTransferRates } from '../live/transfer-rates.ts'
import { createQuietRevocation } from './quiet-revocation.ts'
import { openTestPglite } from './test-pglite.ts'

export const UPLOAD_MAX_BYTES = 10_000
export const DEVICE_SECRET = 'secret-of-the-device'
export const ENROL_TOKEN = 'good-for-one-device'

export interface TestCentre extends AsyncDisposable {
  readonly url: string
  readonly db: Database
  readonly uploadFolder: string
}

export function tokenOf(role: Role, tenantId = DEFAULT_TENANT): string {
  return `token-of-${tenantId}-${role}`
}

const TOKENS: ApiToken[] = [DEFAULT_TENANT, 'other'].flatMap((tenantId) =>
  (['viewer', 'operator', 'admin'] as const).map((role) => ({
    token: tokenOf(role, tenantId),
    principal: { tenantId, role, subject: `${tenantId}-${role}` },
  })),
)

/** @param closed with tokens; without, the centre is open to this machine. */
export async function startTestCentre({ closed }: { closed: boolean }): Promise<TestCentre> {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await openTestPglite())
  const folder = stack.use(await createTempDir('uploads'))
  const clock = systemClock
  const log = pino({ level: 'silent' })
  const app = createHttpApp({
    database,
    clock,
    log,
    metrics: new Registry(),
    version: '0.0.0-test',
    auth: createAuthenticator(clock, {
      tokens: closed ? TOKENS : [],
      openPrincipal: { tenantId: DEFAULT_TENANT, role: 'admin', subject: 'local' },
    }),
    services: createApiServices({
      database,
      clock,
      commands: createDeviceCommands({ clock, publish: () => Promise.resolve() }),
      rates: createTransferRates(clock),
      text: null,
      picture: null,
      revocation: createQuietRevocation(database),
    }),
    uploads: {
      folder: folder.path,
      maxBytes: UPLOAD_MAX_BYTES,
      verifyDevice: (_deviceId, secret) =>
        Promise.resolve(secret === DEVICE_SECRET ? { tenantId: DEFAULT_TENANT } : null),
    },
    enrol: ({ token, deviceId }) =>
      token === ENROL_TOKEN
        ? Promise.resolve({ username: deviceId, password: 'fresh', mqttUrl: 'mqtt://127.0.0.1' })
        : Promise.reject(new FleetError('FORBIDDEN', 'the token is not good')),
    importFile: createFileImport({ database, clock, log }),
    health: {
      broker: () => ({ kind: 'aedes', version: '1.2.0', connected: true }),
      warnings: () => [],
    },
  })
  const server = await startHttpServer(app, { host: '127.0.0.1', port: 0, clock })
  stack.defer(() => server.stop())
  return {
    url: `http://127.0.0.1:${server.port}`,
    db: database,
    uploadFolder: folder.path,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
