import { mkdir, readdir, copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import BetterSqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { migrate, pendingMigrations } from './migrate.ts'

const OWN = new URL('../../migrations/', import.meta.url)

/** The migrations of this version and one more, as a newer version would have them. */
async function newerVersion(dir: string, sql: string): Promise<URL> {
  const folder = join(dir, 'newer')
  await mkdir(folder)
  for (const name of await readdir(OWN)) await copyFile(new URL(name, OWN), join(folder, name))
  await writeFile(join(folder, '9000-newer.sql'), sql)
  return pathToFileURL(`${folder}/`)
}

describe('a database after an update that is taken back', () => {
  test('one that a newer version only added to is read and written by the version before', async () => {
    await using dir = await createTempDir('migrate')
    const db = new BetterSqlite(join(dir.path, 'a.db'))
    migrate(db)
    migrate(db, await newerVersion(dir.path, '-- floor: keep\nALTER TABLE device ADD COLUMN colour TEXT;'))
    expect(() => migrate(db)).not.toThrow()
    expect(pendingMigrations(db)).toEqual([])
    db.prepare("INSERT INTO device (device_id, name, created_at_ms) VALUES ('gate-0001', 'Gate', 1)").run()
    expect(db.prepare('SELECT name FROM device').get()).toEqual({ name: 'Gate' })
    db.close()
  })

  test('one of this version is used by that before key frames, to which an update that fails goes back', async () => {
    await using dir = await createTempDir('migrate')
    const db = new BetterSqlite(join(dir.path, 'a.db'))
    migrate(db)
    const older = (await readdir(OWN)).filter((name) => name < '0006')
    for (const name of older) await copyFile(new URL(name, OWN), join(dir.path, name))
    expect(() => migrate(db, pathToFileURL(`${dir.path}/`))).not.toThrow()
    db.close()
  })

  test('one that only the newer version understands is refused, and left as it is', async () => {
    await using dir = await createTempDir('migrate')
    const db = new BetterSqlite(join(dir.path, 'a.db'))
    migrate(db)
    migrate(db, await newerVersion(dir.path, 'ALTER TABLE device RENAME COLUMN name TO title;'))
    expect(() => migrate(db)).toThrow(/made by a newer version \(9000-newer.sql\)/)
    expect(() => pendingMigrations(db)).toThrow(/newer version/)
    expect(db.prepare("SELECT count(*) AS n FROM migrations WHERE name = '9000-newer.sql'").get()).toEqual({
      n: 1,
    })
    db.close()
  })

  test('what is pending is told without being done', async () => {
    await using dir = await createTempDir('migrate')
    const db = new BetterSqlite(join(dir.path, 'a.db'))
    const own = (await readdir(OWN)).toSorted()
    expect(pendingMigrations(db)).toEqual(own)
    expect(db.prepare('SELECT count(*) AS n FROM sqlite_master').get()).toEqual({ n: 0 })
    migrate(db)
    expect(pendingMigrations(db)).toEqual([])
    db.close()
  })
})
