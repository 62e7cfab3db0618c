// One process per data folder: a lock that the kernel takes back when its holder dies, however it dies.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

/** @throws FleetError CONFLICT when another process holds `dir`. */
export function lockDataFolder(dir: string): Disposable {
  mkdirSync(dir, { recursive: true })
  // SQLite's exclusive transaction is a portable lock on a file; a pid in a file would outlive its process.
  const file = new DatabaseSync(join(dir, 'lock.db'))
  try {
    file.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    file.close()
    throw new FleetError('CONFLICT', `${dir} is in use by another process`, {
      hint: 'Stop the other centre, or give this one a folder of its own with FLEET_DATA_DIR.',
      cause,
    })
  }
  return { [Symbol.dispose]: () => file.close() }
}
