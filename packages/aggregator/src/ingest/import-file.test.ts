import { afterAll, beforeAll } from 'vitest'
import type { Database } from '../database/database.ts'
import { openDatabase } from '../database/open-database.ts'
import { registerImportDamageTests } from './testing/register-import-damage-tests.ts'
import { registerImportTests } from './testing/register-import-tests.ts'

let database: Database
beforeAll(async () => {
  database = await openDatabase({ url: null, dir: null, onConnectionLost: () => undefined })
})
afterAll(() => database[Symbol.asyncDispose]())

registerImportTests(() => database)
registerImportDamageTests(() => database)
