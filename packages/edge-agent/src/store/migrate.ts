// Brings a database to the newest form: numbered files, each once, in order, in one transaction each.
import { readdirSync, readFileSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'

const MIGRATIONS = new URL('../../migrations/', import.meta.url)

/** @throws FleetError CONFIG_INVALID when the file was made by a newer version, or a migration was changed later. */
export function migrate(db: Database): void {
  db.exec('CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL) STRICT')
  const applied = new Map(
    db
      .prepare<[], { name: string; sha256: string }>('SELECT name, sha256 FROM migrations')
      .all()
      .map((row) => [row.name, row.sha256]),
  )
  const names = readdirSync(MIGRATIONS)
    .filter((name) => /^\d{4}-.+\.sql$/.test(name))
    .sort()
  const unknown = [...applied.keys()].find((name) => !names.includes(name))
  if (unknown)
    throw new FleetError('CONFIG_INVALID', `the database was made by a newer version (${unknown})`, {
      hint: 'Install that version again, or start with another FLEET_DATA_DIR.',
    })

  for (const name of names) {
    const sql = readFileSync(new URL(name, MIGRATIONS), 'utf8')
    const sha256 = sha256Hex(sql)
    const before = applied.get(name)
    if (before === sha256) continue
    if (before !== undefined)
      throw new FleetError('CONFIG_INVALID', `${name} is not the migration that made this database`)
    db.transaction(() => {
      db.exec(sql)
      db.prepare('INSERT INTO migrations (name, sha256) VALUES (?, ?)').run(name, sha256)
    })()
  }
}
