// Makes the device's database where there is none, and brings an older one to the newest form. The agent does the same
// at its start; by itself it is for whoever prepares a device before it runs.
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { readEdgeConfig } from './config/edge-config.ts'
import { openStores } from './open-stores.ts'

/** @throws FleetError CONFIG_INVALID when settings or database are not this device's. */
export function initDatabase(env: Readonly<Record<string, string | undefined>>): {
  path: string
  deviceId: string
} {
  const config = readEdgeConfig(env)
  using stores = openStores(config, systemClock)
  return { path: config.databasePath, deviceId: stores.device.deviceId }
}
