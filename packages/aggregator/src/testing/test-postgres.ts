// Databases of a throw-away PostgreSQL with the migrations applied, for tests; copyBinary is not there.
import { readdir, readFile } from 'node:fs/promises'
import { Client, Pool, TypeOverrides, types, type PoolClient } from 'pg'
import { startPostgres, type PostgresServer } from '@sam3-fleet/test-kit/postgres'
import type { Database, Queryable } from '../database/database.ts'

const MIGRATIONS = new URL('../../migrations/', import.meta.url)

/** bigint columns come back as number, as the Database contract has it. */
const asNumbers = new TypeOverrides()
asNumbers.setTypeParser(types.builtins.INT8, Number)

export function startTestPostgres(): Promise<PostgresServer> {
  return startPostgres({
    settings: { fsync: 'off' },
    async prepareTemplate(url) {
      const client = new Client({ connectionString: url })
      await client.connect()
      for (const name of (await readdir(MIGRATIONS)).toSorted())
        await client.query(await readFile(new URL(name, MIGRATIONS), 'utf8'))
      await client.end()
    },
  })
}

export async function openTestPostgres(server: PostgresServer): Promise<Database> {
  const database = await server.createDatabase()
  const pool = new Pool({ connectionString: database.url, max: 4, types: asNumbers })
  pool.on('error', () => undefined)
  return {
    ...queryable(pool),
    kind: 'postgres',
    durability: 'power_safe',
    versions: { server: '15', pgvector: '0.8.0' },
    async transaction(work) {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        const result = await work(queryable(client))
        await client.query('COMMIT')
        return result
      } catch (thrown) {
        await client.query('ROLLBACK')
        throw thrown
      } finally {
        client.release()
      }
    },
    async [Symbol.asyncDispose]() {
      await pool.end()
      await database[Symbol.asyncDispose]()
    },
  }
}

function queryable(on: Pool | PoolClient): Queryable {
  return {
    query: async <Row extends object>(sql: string, params: readonly unknown[] = []) =>
      (await on.query<Row>(sql, [...params])).rows,
    copyBinary: () => Promise.reject(new Error('tests of the reading half do not copy')),
  }
}
