// A PostgreSQL server by its URL: a pool of connections behind the Database contract. Commits are power_safe only when
// the server itself says that it syncs them (rule A7).
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Pool, TypeOverrides, types, type PoolClient } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Database, Queryable } from './database.ts'
import { copyStatement } from './copy-statement.ts'
import { readVersions } from './read-versions.ts'

/** Connections at once: readers, the ingest and the live stream; a server's default is 100 for everybody. */
const POOL_MAX = 12
/** Milliseconds to wait for a connection; beyond it the caller hears that the database is away. */
const CONNECT_TIMEOUT_MS = 10_000

/** bigint columns come back as number, as the Database contract has it. */
const asNumbers = new TypeOverrides()
asNumbers.setTypeParser(types.builtins.INT8, Number)

/**
 * @param onConnectionLost hears of idle connections that the server ended; the pool makes new ones by itself.
 * @throws FleetError UNAVAILABLE when the server does not answer or has no pgvector.
 */
export async function openPostgresDatabase(
  url: string,
  { onConnectionLost }: { onConnectionLost: (error: Error) => void },
): Promise<Database> {
  const pool = new Pool({
    connectionString: url,
    max: POOL_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: asNumbers,
    application_name: 'fleet-centre',
  })
  pool.on('error', onConnectionLost)
  await using opening = new AsyncDisposableStack()
  opening.adopt(pool, (open) => open.end())
  await firstContact(pool)
  const query = queryOn(pool)
  const versions = await readVersions({ query })
  const [settings] = await query<{ safe: boolean }>(
    `SELECT current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off' AS safe`,
  )
  const resources = opening.move()

  async function withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    // An error outside of a query (the server went away) must fail the next query, not the process.
    client.on('error', onConnectionLost)
    try {
      return await work(client)
    } finally {
      client.off('error', onConnectionLost)
      client.release()
    }
  }

  return {
    kind: 'postgres',
    durability: settings?.safe === true ? 'power_safe' : 'process_safe',
    versions,
    query,
    copyBinary: (table, columns, data) => withClient((client) => copyOn(client)(table, columns, data)),
    transaction: (work) =>
      withClient(async (client) => {
        await client.query('BEGIN')
        try {
          const result = await work({ query: queryOn(client), copyBinary: copyOn(client) })
          await client.query('COMMIT')
          return result
        } catch (thrown) {
          // When the connection is gone the server has rolled back already; the first error is the one that counts.
          await client.query('ROLLBACK').catch(() => undefined)
          throw thrown
        }
      }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

async function firstContact(pool: Pool): Promise<void> {
  try {
    await pool.query('SELECT 1')
  } catch (cause) {
    throw new FleetError('UNAVAILABLE', 'the database does not answer', {
      hint: 'Check DATABASE_URL and that PostgreSQL runs; without DATABASE_URL the centre brings its own database.',
      cause,
    })
  }
  // Not everybody may create extensions; whether pgvector is there is read back by readVersions.
  await pool.query('CREATE EXTENSION IF NOT EXISTS vector').catch(() => undefined)
}

function queryOn(on: Pool | PoolClient): Queryable['query'] {
  return async <Row extends object>(sql: string, params: readonly unknown[] = []) =>
    (await on.query<Row>(sql, [...params])).rows
}

function copyOn(client: PoolClient): Queryable['copyBinary'] {
  return async (table, columns, data) => {
    await pipeline(Readable.from([data]), client.query(copyFrom(copyStatement(table, columns, 'STDIN'))))
  }
}
