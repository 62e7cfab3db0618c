// A PGlite in memory with the migrations applied, as a Database for tests; copyBinary is not there.
import { readdir, readFile } from 'node:fs/promises'
import { PGlite, type Transaction } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import type { Database, Queryable } from '../database/database.ts'

const MIGRATIONS = new URL('../../migrations/', import.meta.url)

export async function openTestPglite(): Promise<Database> {
  const pglite = await PGlite.create({ extensions: { vector } })
  for (const name of (await readdir(MIGRATIONS)).toSorted())
    await pglite.exec(await readFile(new URL(name, MIGRATIONS), 'utf8'))
  return {
    ...queryable(pglite),
    kind: 'pglite',
    durability: 'process_safe',
    versions: { server: '18', pgvector: '0.8.7' },
    transaction: (work) => pglite.transaction((tx) => work(queryable(tx))),
    [Symbol.asyncDispose]: () => pglite.close(),
  }
}

function queryable(on: PGlite | Transaction): Queryable {
  return {
    query: async <Row extends object>(sql: string, params: readonly unknown[] = []) =>
      (await on.query<Row>(sql, [...params])).rows,
    copyBinary: () => Promise.reject(new Error('tests of the reading half do not copy')),
  }
}
