// The centre's database, ready for work: a PostgreSQL server when one is named, else PGlite in the data folder.
import type { Database } from './database.ts'
import { migrate } from './migrate.ts'
import { openPgliteDatabase } from './pglite-database.ts'
import { openPostgresDatabase } from './postgres-database.ts'

export interface OpenDatabaseOptions {
  url: string | null
  /** Folder of the database inside the process; null keeps it in memory. Not used with `url`. */
  dir: string | null
  onConnectionLost: (error: Error) => void
}

/** Opens and migrates. @throws FleetError UNAVAILABLE or CONFLICT with what to do. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const { url, dir, onConnectionLost } = options
  const database =
    url === null ? await openPgliteDatabase(dir) : await openPostgresDatabase(url, { onConnectionLost })
  try {
    await migrate(database)
    return database
  } catch (thrown) {
    await database[Symbol.asyncDispose]()
    throw thrown
  }
}
