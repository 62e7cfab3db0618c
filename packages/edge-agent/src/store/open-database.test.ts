import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { openDatabase } from './open-database.ts'

const NOW_MS = 1_700_000_000_000

describe('the database of a device', () => {
  test('opens in WAL with synchronous=FULL and foreign keys, as read back', async () => {
    await using dir = await createTempDir('database')
    const { db, setAside } = openDatabase(join(dir.path, 'deep', 'a.db'), NOW_MS)
    expect(setAside).toBeNull()
    expect(
      ['journal_mode', 'synchronous', 'foreign_keys'].map((name) => db.pragma(name, { simple: true })),
    ).toEqual(['wal', 2, 1])
    db.close()
  })

  test('a migration is applied once; one that was changed later, or is unknown, is refused', async () => {
    await using dir = await createTempDir('database')
    const path = join(dir.path, 'a.db')
    openDatabase(path, NOW_MS).db.close()
    const { db } = openDatabase(path, NOW_MS)
    const applied = db.prepare<[], { name: string }>('SELECT name FROM migrations ORDER BY name').all()
    const files = await readdir(new URL('../../migrations', import.meta.url))
    expect(applied.map(({ name }) => name)).toEqual(files.toSorted())
    db.prepare("UPDATE migrations SET sha256 = 'other'").run()
    db.close()
    expect(() => openDatabase(path, NOW_MS)).toThrow(/is not the migration that made this database/)
    const again = new BetterSqlite(path)
    again.prepare("INSERT INTO migrations VALUES ('9999-later.sql', 'x')").run()
    again.pragma('user_version = 9999')
    again.close()
    expect(() => openDatabase(path, NOW_MS)).toThrow(/newer version \(9999-later.sql\)/)
  })

  test('a damaged file is moved aside with its log and a new database begun', async () => {
    await using dir = await createTempDir('database')
    const path = join(dir.path, 'a.db')
    const { db } = openDatabase(path, NOW_MS)
    const insert = db.prepare("INSERT INTO media VALUES ('gate-0001', ?, 'image/webp', 1, 1, ?, NULL)")
    for (let n = 0; n < 200; n++) insert.run(String(n), Buffer.alloc(1_000, n))
    db.close()
    const bytes = await readFile(path)
    bytes.fill(0xa5, 4_096 * 3, 4_096 * 12)
    await writeFile(path, bytes)

    const opened = openDatabase(path, NOW_MS)
    expect(opened.setAside).toBe(`${path}.damaged-${NOW_MS}`)
    expect(opened.db.prepare('SELECT count(*) AS count FROM media').get()).toEqual({ count: 0 })
    opened.db.close()
    expect(await readFile(`${path}.damaged-${NOW_MS}`)).toEqual(bytes)
  })

  test.each([
    ['cut short', (path: string) => truncate(path, 5_000)],
    ['no database at all', (path: string) => writeFile(path, 'something else')],
  ])('a file that is %s does not keep the device from starting', async (_, damage) => {
    await using dir = await createTempDir('database')
    const path = join(dir.path, 'a.db')
    openDatabase(path, NOW_MS).db.close()
    await damage(path)
    const { db, setAside } = openDatabase(path, NOW_MS)
    expect(setAside).not.toBeNull()
    db.close()
    expect((await readdir(dir.path)).filter((name) => name.includes('damaged')).length).toBe(1)
  })
})
