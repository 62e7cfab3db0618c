import { afterAll, beforeAll, describe } from 'vitest'
import type { PostgresServer } from '@sam3-fleet/test-kit/postgres'
import { openTestPostgres, startTestPostgres } from '../../testing/test-postgres.ts'
import { registerReaderTests } from '../testing/register-reader-tests.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startTestPostgres()
})
afterAll(() => server[Symbol.asyncDispose]())

describe('the reading half on PostgreSQL', () => {
  registerReaderTests(() => openTestPostgres(server))
})
