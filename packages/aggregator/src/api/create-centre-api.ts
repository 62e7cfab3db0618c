// The whole reading half for aggregator.ts to wire: database, a way to publish and the secrets in; an HTTP application
// out, and where the messages of devices are to be handed.
import type { TextEncoder } from '@sam3-fleet/models/text/text-encoder'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import type { DeviceStatus } from '@sam3-fleet/shared/fleet/device-status'
import type { Express } from 'express'
import { createDeviceCommands, type DeviceCommandsDeps } from '../live/device-commands.ts'
import type { Revocation } from '../fleet/revocation.ts'
import { createTransferRates } from '../live/transfer-rates.ts'
import { createFleetUnderstanding } from '../search/fleet-understanding.ts'
import type { ApiServices } from './api-services.ts'
import { createApiServices } from './create-api-services.ts'
import { createAuthenticator } from './http/authenticate.ts'
import { createHttpApp, type HttpAppDeps } from './http/http-app.ts'

export interface CentreApiDeps extends Omit<HttpAppDeps, 'services' | 'auth'> {
  /** Sends to one device at QoS 1; rejects when the broker cannot take it. */
  publish: DeviceCommandsDeps['publish']
  /** Null: the centre is open, to this machine only. */
  adminToken: string | null
  /** Null: words are looked for as they are written only. */
  text: { encoder: TextEncoder; packLabels: readonly string[]; classes?: readonly string[] } | null
  revocation: Revocation
}

export interface CentreApi {
  readonly app: Express
  readonly services: ApiServices
  /** For every `up/reply`; the device id is the one of the topic. */
  onReply(deviceId: string, payload: Uint8Array): void
  /** For every status message that was accepted. */
  onStatus(deviceId: string, status: DeviceStatus): void
  /** To be awaited (or left running) at start: the first question then costs what every other does. */
  warmUp(): Promise<void>
}

export function createCentreApi(deps: CentreApiDeps): CentreApi {
  const { database, clock, publish, adminToken, text } = deps
  const principal = { tenantId: DEFAULT_TENANT, role: 'admin' } as const
  const commands = createDeviceCommands({ publish, clock })
  const rates = createTransferRates(clock)
  const understanding = text && createFleetUnderstanding({ db: database, clock, ...text })
  const services = createApiServices({
    database,
    clock,
    commands,
    rates,
    text: understanding,
    picture: null,
    revocation: deps.revocation,
  })
  const auth = createAuthenticator(clock, {
    tokens: adminToken === null ? [] : [{ token: adminToken, principal: { ...principal, subject: 'admin' } }],
    openPrincipal: { ...principal, subject: 'local' },
  })
  return {
    app: createHttpApp({ ...deps, services, auth }),
    services,
    onReply: commands.onReply,
    onStatus: rates.onStatus,
    warmUp: async () => understanding?.warmUp(DEFAULT_TENANT),
  }
}
