import { afterAll, beforeAll } from 'vitest'
import type { PostgresServer } from '@sam3-fleet/test-kit/postgres'
import type { Database } from '../database/database.ts'
import { openTestPostgres, startTestPostgres } from '../testing/test-postgres.ts'
import { registerIngestTests } from './testing/register-ingest-tests.ts'
import { registerPoisonTests } from './testing/register-poison-tests.ts'

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

registerIngestTests(() => database)
registerPoisonTests(() => database)
