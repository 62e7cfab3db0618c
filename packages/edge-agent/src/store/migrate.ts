// Brings a database to the newest form: numbered files, each once, in order, in one transaction each. A database says
// which migration a program must know at least to use it (SQLite's user_version), so that the version before an update
// can go on with it: a migration that only adds things says `-- floor: keep` and leaves that number where it was.
import { readdirSync, readFileSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'

const MIGRATIONS = new URL('../../migrations/', import.meta.url)

/** First words of a migration after which the version before it still reads and writes the database correctly. */
const KEEPS_FLOOR = /^-- floor: keep\b/m

interface Migration {
  name: string
  sql: string
  sha256: string
}

/**
 * `folder` is another one only in tests, which play a newer version.
 * @throws FleetError CONFIG_INVALID when only a newer version can use the file, or a migration was changed later.
 */
export function migrate(db: Database, folder: URL = MIGRATIONS): void {
  db.exec('CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL) STRICT')
  const known = readMigrations(folder)
  for (const { name, sql, sha256 } of findPending(db, known)) {
    db.transaction(() => {
      db.exec(sql)
      db.prepare('INSERT INTO migrations (name, sha256) VALUES (?, ?)').run(name, sha256)
      if (!KEEPS_FLOOR.test(sql)) db.pragma(`user_version = ${Math.max(floorOf(db), numberOf(name))}`)
    })()
  }
}

/** Names of those that `migrate` would apply; asks, changes nothing. @throws as migrate. */
export function pendingMigrations(db: Database): string[] {
  return findPending(db, readMigrations(MIGRATIONS)).map(({ name }) => name)
}

function findPending(db: Database, known: readonly Migration[]): Migration[] {
  const applied = readApplied(db)
  const newest = Math.max(0, ...known.map(({ name }) => numberOf(name)))
  const unknown = [...applied.keys()].find((name) => !known.some((migration) => migration.name === name))
  // A file from before floors were kept has 0 there and only migrations that every version with floors knows.
  if (unknown !== undefined && (floorOf(db) > newest || numberOf(unknown) <= newest))
    throw new FleetError('CONFIG_INVALID', `the database was made by a newer version (${unknown})`, {
      hint: 'Install that version again, or start with another FLEET_DATA_DIR.',
    })
  const changed = known.find(({ name, sha256 }) => (applied.get(name) ?? sha256) !== sha256)
  if (changed)
    throw new FleetError('CONFIG_INVALID', `${changed.name} is not the migration that made this database`)
  return known.filter(({ name }) => !applied.has(name))
}

function readMigrations(folder: URL): Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-.+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const sql = readFileSync(new URL(name, folder), 'utf8')
      return { name, sql, sha256: sha256Hex(sql) }
    })
}

function readApplied(db: Database): Map<string, string> {
  const isThere = db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'").get()
  if (isThere === undefined) return new Map()
  return new Map(
    db
      .prepare<[], { name: string; sha256: string }>('SELECT name, sha256 FROM migrations')
      .all()
      .map((row) => [row.name, row.sha256]),
  )
}

/** Number of the migration that a program must know at least. */
function floorOf(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }))
}

function numberOf(name: string): number {
  return Number.parseInt(name, 10)
}
