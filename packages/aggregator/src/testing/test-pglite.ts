// A PGlite in memory with the migrations applied, as a Database for tests.
import type { Database } from '../database/database.ts'
import { openDatabase } from '../database/open-database.ts'

export function openTestPglite(): Promise<Database> {
  return openDatabase({ url: null, dir: null, onConnectionLost: () => undefined })
}
