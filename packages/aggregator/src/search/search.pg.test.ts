import { afterAll, beforeAll, describe } from 'vitest'
import type { PostgresServer } from '@sam3-fleet/test-kit/postgres'
import type { Database } from '../database/database.ts'
import { openTestPostgres, startTestPostgres } from '../testing/test-postgres.ts'
import { createExactVectorSearch } from './exact-vector-search.ts'
import { registerFindTests } from './testing/register-find-tests.ts'
import { registerLiveFindTests } from './testing/register-live-find-tests.ts'
import { registerVectorSearchTests } from './testing/register-vector-search-tests.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startTestPostgres()
})
afterAll(() => server[Symbol.asyncDispose]())

const open = (): Promise<Database> => openTestPostgres(server)

describe('exact vector search on PostgreSQL', () => {
  registerVectorSearchTests(open, createExactVectorSearch)
})

describe('search on PostgreSQL', () => {
  registerFindTests(open)
})

describe('live search on PostgreSQL', () => {
  registerLiveFindTests(open)
})
