// Brings a database to the newest shape: the numbered files of migrations/, each once, all or none.
// A file that changed after it ran is refused: the database would not be what the files say.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Database, Queryable } from './database.ts'
import { splitStatements } from './split-statements.ts'

const FOLDER = new URL('../../migrations/', import.meta.url)
const NAME = /^\d{4}-[a-z0-9-]+\.sql$/
/** Any number that nobody else of this database locks: two centres that start together migrate one after the other. */
const ADVISORY_LOCK = 7_303_001

export interface Migration {
  name: string
  sql: string
}

/** Returns the names of the files that ran now. @throws FleetError CONFLICT when a file changed after it ran. */
export async function migrate(db: Database, migrations?: readonly Migration[]): Promise<string[]> {
  const files = migrations ?? (await readMigrations())
  return db.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK])
    await tx.query(
      `CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, sha256 text NOT NULL,
         applied_at timestamptz NOT NULL DEFAULT now())`,
    )
    const applied = await tx.query<{ name: string; sha256: string }>('SELECT name, sha256 FROM migrations')
    const known = new Map(applied.map(({ name, sha256 }) => [name, sha256]))
    refuseNewerDatabase(known, files)
    const ran: string[] = []
    for (const file of files) {
      const sha256 = createHash('sha256').update(file.sql).digest('hex')
      const before = known.get(file.name)
      if (before === sha256) continue
      if (before !== undefined)
        throw new FleetError('CONFLICT', `the migration ${file.name} changed after it ran here`, {
          hint: 'Run the version of the centre that made this database, or begin with an empty one.',
        })
      await apply(tx, file, sha256)
      ran.push(file.name)
    }
    return ran
  })
}

async function apply(tx: Queryable, { name, sql }: Migration, sha256: string): Promise<void> {
  for (const statement of splitStatements(sql)) await tx.query(statement)
  await tx.query('INSERT INTO migrations (name, sha256) VALUES ($1, $2)', [name, sha256])
}

function refuseNewerDatabase(known: ReadonlyMap<string, string>, files: readonly Migration[]): void {
  const names = new Set(files.map(({ name }) => name))
  const foreign = [...known.keys()].find((name) => !names.has(name))
  if (foreign !== undefined)
    throw new FleetError('CONFLICT', `this database was made by a newer centre (it has ${foreign})`, {
      hint: 'Update this centre; a database does not go back.',
    })
}

export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => NAME.test(name)).toSorted()
  return Promise.all(
    names.map(async (name) => ({ name, sql: await readFile(new URL(name, FOLDER), 'utf8') })),
  )
}
