import { afterAll, beforeAll } from 'vitest'
import type { Database } from '../database/database.ts'
import { openDatabase } from '../database/open-database.ts'
import { registerIngestTests } from './testing/register-ingest-tests.ts'
import { registerPoisonTests } from './testing/register-poison-tests.ts'

let database: Database
beforeAll(async () => {
  database = await openDatabase({ url: null, dir: null, onConnectionLost: () => undefined })
})
afterAll(() => database[Symbol.asyncDispose]())

registerIngestTests(() => database)
registerPoisonTests(() => database)
