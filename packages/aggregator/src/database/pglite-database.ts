// PostgreSQL inside this process (PGlite): a folder, or memory, in; a Database out. One connection, so transactions
// wait for each other. Commits survive the process, not a power cut: nothing calls fsync.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite, types, type Transaction } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import type { Database, Queryable } from './database.ts'
import { copyStatement } from './copy-statement.ts'
import { lockDataFolder } from './data-folder-lock.ts'
import { readVersions } from './read-versions.ts'

/**
 * Opens the database in `dir`, or one in memory when it is null.
 * @throws FleetError CONFLICT when another process has the folder open.
 */
export async function openPgliteDatabase(dir: string | null): Promise<Database> {
  await using opening = new AsyncDisposableStack()
  if (dir !== null) {
    opening.use(lockDataFolder(dir))
    // A process that was killed leaves it behind; the lock above proves that nobody is there any more.
    await rm(join(dir, 'pg', 'postmaster.pid'), { force: true })
  }
  const pglite = opening.adopt(
    await PGlite.create({
      ...(dir !== null && { dataDir: join(dir, 'pg') }),
      extensions: { vector },
      parsers: { [types.INT8]: Number },
    }),
    (open) => open.close(),
  )
  await pglite.query('CREATE EXTENSION IF NOT EXISTS vector')
  const all = queryable(pglite)
  const versions = await readVersions(all)
  const resources = opening.move()
  return {
    kind: 'pglite',
    durability: 'process_safe',
    versions,
    query: all.query,
    copyBinary: all.copyBinary,
    transaction: (work) => pglite.transaction((tx) => work(queryable(tx))),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

function queryable(on: PGlite | Transaction): Queryable {
  return {
    query: async <Row extends object>(sql: string, params: readonly unknown[] = []) =>
      (await on.query<Row>(sql, [...params])).rows,
    copyBinary: async (table, columns, data) => {
      await on.query(copyStatement(table, columns, `'/dev/blob'`), [], {
        blob: new Blob([data as Uint8Array<ArrayBuffer>]),
      })
    },
  }
}
