import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type PostgresServer, type TestDatabase } from '@sam3-fleet/test-kit/postgres'
import type { Database } from './database.ts'
import { openDatabase } from './open-database.ts'
import { openPostgresDatabase } from './postgres-database.ts'
import { databaseContract } from './testing/database-contract.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server[Symbol.asyncDispose]())

const onConnectionLost = (): void => undefined

async function openFresh(): Promise<Database> {
  const made: TestDatabase = await server.createDatabase()
  const db = await openPostgresDatabase(made.url, { onConnectionLost })
  return {
    ...db,
    async [Symbol.asyncDispose]() {
      await db[Symbol.asyncDispose]()
      await made[Symbol.asyncDispose]()
    },
  }
}

databaseContract('PostgreSQL', openFresh)

test('a server that syncs its commits is power_safe; without synchronous_commit it is process_safe', async () => {
  await using safe = await openFresh()
  expect(safe.durability).toBe('power_safe')
  await using made = await server.createDatabase()
  const url = `${made.url}?options=${encodeURIComponent('-c synchronous_commit=off')}`
  await using lax = await openPostgresDatabase(url, { onConnectionLost })
  expect(lax.durability).toBe('process_safe')
})

test('a server that is away is said with what to do', async () => {
  await expect(
    openDatabase({ url: 'postgres://127.0.0.1:1/none', dir: null, onConnectionLost }),
  ).rejects.toMatchObject({ code: 'UNAVAILABLE', hint: expect.stringContaining('DATABASE_URL') })
})

test('what was committed is there after the server was killed, and the pool finds it again', async () => {
  await using db = await openFresh()
  await db.query('CREATE TABLE kept (id int)')
  await db.transaction((tx) => tx.query('INSERT INTO kept VALUES (1)'))
  const running = db.transaction((tx) => tx.query('SELECT pg_sleep(60)'))
  const outcome = running.then(
    () => 'committed',
    () => 'failed',
  )
  await server.kill9()
  expect(await outcome).toBe('failed')
  await server.restart()
  expect(await db.query('SELECT id FROM kept')).toEqual([{ id: 1 }])
})
