import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { openPgliteDatabase } from './pglite-database.ts'
import { databaseContract } from './testing/database-contract.ts'

databaseContract('PGlite in memory', () => openPgliteDatabase(null))

test('it never promises to survive a power cut', async () => {
  await using db = await openPgliteDatabase(null)
  expect(db.durability).toBe('process_safe')
})

test('what was committed is there after the process was killed', async () => {
  await using dir = await createTempDir('pglite')
  const module = new URL('./pglite-database.ts', import.meta.url).href
  const script = `
    const { openPgliteDatabase } = await import(${JSON.stringify(module)})
    const db = await openPgliteDatabase(${JSON.stringify(dir.path)})
    await db.query('CREATE TABLE kept (id int)')
    await db.query('INSERT INTO kept SELECT generate_series(1, 1000)')
    process.stdout.write('committed')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  await expect(openPgliteDatabase(dir.path)).rejects.toMatchObject({ code: 'CONFLICT' })
  child.kill('SIGKILL')
  await once(child, 'exit')
  await using db = await openPgliteDatabase(dir.path)
  expect(await db.query('SELECT count(*) AS n FROM kept')).toEqual([{ n: 1000 }])
})
