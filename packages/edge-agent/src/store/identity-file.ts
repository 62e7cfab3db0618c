// The device's id beside its database: a damaged database is replaced by a new one, but the device stays who it is.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { deviceIdSchema } from '@sam3-fleet/shared/domain/identity'

const pathOf = (databasePath: string): string => `${databasePath}.device-id`

/** Null when there is none, or none that could be an id. */
export function readKeptDeviceId(databasePath: string): string | null {
  try {
    const kept = deviceIdSchema.safeParse(readFileSync(pathOf(databasePath), 'utf8').trim())
    return kept.success ? kept.data : null
  } catch {
    return null
  }
}

export function keepDeviceId(databasePath: string, deviceId: string): void {
  if (readKeptDeviceId(databasePath) === deviceId) return
  const fresh = `${pathOf(databasePath)}.new`
  writeFileSync(fresh, `${deviceId}\n`, { flush: true })
  renameSync(fresh, pathOf(databasePath))
}
