// Sync as the settings ask for it: none, with the credentials that are there, or as soon as this device is enrolled.
import { randomUUID } from 'node:crypto'
import { systemRandom } from '@sam3-fleet/shared/time/random'
import type { EdgeConfig } from './config/edge-config.ts'
import { openCredentials, readCredentials, type DeviceCredentials } from './sync/enrol.ts'
import { createIdleSync } from './sync/idle-sync.ts'
import { createLateSync } from './sync/late-sync.ts'
import { createMqttJsLink } from './sync/mqtt-js-link.ts'
import { createSyncClient, type SyncClient, type SyncClientOptions } from './sync/sync-client.ts'

export interface OpenSyncDeps extends Pick<
  SyncClientOptions,
  'outbox' | 'handlers' | 'readStatus' | 'clock' | 'log'
> {
  card: Omit<SyncClientOptions['card'], 'bootId'>
}

export interface OpenedSync {
  sync: SyncClient
  /** Null until this device is enrolled, and for ever where it need not be. */
  credentials: () => DeviceCredentials | null
}

/** @throws FleetError CONFIG_INVALID when stored credentials are damaged. */
export async function openSync(config: EdgeConfig, deps: OpenSyncDeps): Promise<OpenedSync> {
  let credentials = await readCredentials(config.credentialsPath)
  const { clock, log } = deps
  const idle = createIdleSync(deps.outbox)

  function createClient(): SyncClient {
    const url = credentials?.mqttUrl ?? config.mqttUrl
    if (url === null) return idle
    const { deviceId } = deps.card
    const bootId = randomUUID()
    const link = createMqttJsLink({
      url,
      deviceId,
      bootId,
      credentials: () => credentials,
      clock,
      random: systemRandom,
    })
    return createSyncClient({
      ...deps,
      card: { ...deps.card, bootId },
      link,
      holdMaxBytes: config.holdMaxBytes,
      random: systemRandom,
    })
  }

  const isJoining = credentials === null && config.enrolToken !== null
  const sync = isJoining
    ? createLateSync({
        open: async () => {
          credentials = await openCredentials({ ...config, ...deps.card })
          return createClient()
        },
        idle,
        clock,
        random: systemRandom,
        log,
      })
    : createClient()
  return { sync, credentials: () => credentials }
}
