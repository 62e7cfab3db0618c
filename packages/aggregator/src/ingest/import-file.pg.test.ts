import { afterAll, beforeAll } from 'vitest'
import type { PostgresServer } from '@sam3-fleet/test-kit/postgres'
import type { Database } from '../database/database.ts'
import { openTestPostgres, startTestPostgres } from '../testing/test-postgres.ts'
import { registerImportDamageTests } from './testing/register-import-damage-tests.ts'
import { registerImportTests } from './testing/register-import-tests.ts'

let server: PostgresServer
let database: Database
beforeAll(async () => {
  server = await startTestPostgres()
  database = await openTestPostgres(server)
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

registerImportTests(() => database)
registerImportDamageTests(() => database)
