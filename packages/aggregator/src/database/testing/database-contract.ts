// What every Database keeps to, as one suite; each implementation runs it with a way to open an empty one.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encodeCopy } from '../copy-encoder.ts'
import type { Database } from '../database.ts'
import { migrate, readMigrations } from '../migrate.ts'

export function databaseContract(name: string, open: () => Promise<Database>): void {
  describe(`a database: ${name}`, () => {
    let db: Database
    beforeAll(async () => {
      db = await open()
      await db.query('CREATE TABLE counters (id bigint PRIMARY KEY, label text, embedding halfvec(2))')
    })
    afterAll(() => db[Symbol.asyncDispose]())
    beforeEach(() => db.query('TRUNCATE counters'))

    const count = async (): Promise<number> => {
      const [row] = await db.query<{ n: number }>('SELECT count(*) AS n FROM counters')
      return row?.n ?? -1
    }

    test('a bigint comes back as a number, bytes as bytes, json as what it says', async () => {
      const rows = await db.query(
        `SELECT 9007199254740991::bigint AS big, $1::bytea AS bytes, '{"a":[1]}'::jsonb AS json, $2::text[] AS texts`,
        [new Uint8Array([0, 255]), ['x', 'y']],
      )
      expect(rows).toEqual([
        { big: Number.MAX_SAFE_INTEGER, bytes: expect.any(Uint8Array), json: { a: [1] }, texts: ['x', 'y'] },
      ])
      expect([...(rows[0] as { bytes: Uint8Array }).bytes]).toEqual([0, 255])
    })

    test('it says which server and which pgvector it is', () => {
      expect(db.versions.server).toMatch(/^\d+/)
      expect(db.versions.pgvector).toMatch(/^\d+\.\d+\.\d+/)
    })

    test('a transaction that throws leaves nothing, and the next one works', async () => {
      const failing = db.transaction(async (tx) => {
        await tx.query('INSERT INTO counters VALUES (1)')
        throw new Error('half way')
      })
      await expect(failing).rejects.toThrow('half way')
      expect(await count()).toBe(0)
      expect(
        await db.transaction(
          async (tx) => (await tx.query('INSERT INTO counters VALUES (1) RETURNING id')).length,
        ),
      ).toBe(1)
      expect(await count()).toBe(1)
    })

    test('a transaction whose statement failed is rolled back as a whole', async () => {
      const failing = db.transaction(async (tx) => {
        await tx.query('INSERT INTO counters VALUES (1)')
        await tx.query('INSERT INTO counters VALUES (1)')
      })
      await expect(failing).rejects.toThrow(/duplicate key/)
      expect(await count()).toBe(0)
    })

    test('transactions at the same time see each other whole or not at all', async () => {
      await db.query('INSERT INTO counters VALUES (7, $1)', ['0'])
      const add = (): Promise<void> =>
        db.transaction(async (tx) => {
          const [row] = await tx.query<{ label: string }>(
            'SELECT label FROM counters WHERE id = 7 FOR UPDATE',
          )
          await tx.query('UPDATE counters SET label = $1 WHERE id = 7', [String(Number(row?.label) + 1)])
        })
      await Promise.all(Array.from({ length: 10 }, add))
      expect(await db.query('SELECT label FROM counters')).toEqual([{ label: '10' }])
    })

    test('binary rows are there at once, and in a transaction only when it commits', async () => {
      const rows = encodeCopy(
        ['int8', 'text', 'halfvec'],
        [
          [1, 'one', new Uint8Array([0x00, 0x3c, 0x00, 0x00])],
          [2, null, null],
        ],
      )
      const columns = ['id', 'label', 'embedding']
      const failing = db.transaction(async (tx) => {
        await tx.copyBinary('counters', columns, rows)
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      expect(await count()).toBe(0)
      await db.copyBinary('counters', columns, rows)
      expect(await db.query('SELECT id, label, embedding::text AS e FROM counters ORDER BY id')).toEqual([
        { id: 1, label: 'one', e: '[1,0]' },
        { id: 2, label: null, e: null },
      ])
    })

    test('bad binary rows throw and the database goes on', async () => {
      const twice = encodeCopy(['int8'], [[1], [1]])
      await expect(db.copyBinary('counters', ['id'], twice)).rejects.toThrow(/duplicate key/)
      await expect(db.copyBinary('counters', ['id'], new Uint8Array([1, 2, 3]))).rejects.toThrow(/COPY/)
      expect(await count()).toBe(0)
    })

    test('migrations run once, all or none, and a changed or unknown one is refused', async () => {
      const real = await readMigrations()
      expect(await migrate(db)).toEqual(real.map(({ name: file }) => file))
      expect(await migrate(db)).toEqual([])
      const broken = { name: '9001-broken.sql', sql: 'CREATE TABLE left_over (id int); SELECT nonsense;' }
      await expect(migrate(db, [...real, broken])).rejects.toThrow(/nonsense/)
      expect(await db.query(`SELECT to_regclass('left_over') AS found`)).toEqual([{ found: null }])
      const changed = real.map((file) => ({ ...file, sql: `${file.sql}\n-- changed` }))
      await expect(migrate(db, changed)).rejects.toMatchObject({ code: 'CONFLICT' })
      await expect(migrate(db, real.slice(1))).rejects.toThrow(/newer centre/)
    })

    test('two centres that start together migrate once', async () => {
      const real = await readMigrations()
      const extra = { name: '9002-extra.sql', sql: 'CREATE TABLE extra (id int);' }
      const ran = await Promise.all([migrate(db, [...real, extra]), migrate(db, [...real, extra])])
      expect(ran.flat()).toEqual(['9002-extra.sql'])
    })
  })
}
