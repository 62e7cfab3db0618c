// Databases of a throw-away PostgreSQL with the migrations applied, for tests.
import { startPostgres, type PostgresServer } from '@sam3-fleet/test-kit/postgres'
import type { Database } from '../database/database.ts'
import { openDatabase } from '../database/open-database.ts'

/** A test that ends or kills its server has nothing to hear about it. */
const onConnectionLost = (): void => undefined

export function startTestPostgres(): Promise<PostgresServer> {
  return startPostgres({
    settings: { fsync: 'off' },
    async prepareTemplate(url) {
      await using _migrated = await openDatabase({ url, dir: null, onConnectionLost })
    },
  })
}

export async function openTestPostgres(server: PostgresServer): Promise<Database> {
  const made = await server.createDatabase()
  const database = await openDatabase({ url: made.url, dir: null, onConnectionLost })
  return {
    ...database,
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
      await made[Symbol.asyncDispose]()
    },
  }
}
