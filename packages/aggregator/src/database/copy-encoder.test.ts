import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fromF16Bytes, normalise, toF16Bytes } from '@sam3-fleet/shared/vector/vector'
import { encodeCopy, type CopyType } from './copy-encoder.ts'
import type { Database } from './database.ts'
import { openPgliteDatabase } from './pglite-database.ts'

const DIMENSION = 8
const COLUMNS = {
  a_text: 'text',
  an_int8: 'int8',
  an_int4: 'int4',
  an_int2: 'int2',
  a_float4: 'float4',
  a_bytea: 'bytea',
  a_uuid: 'uuid',
  a_jsonb: 'jsonb',
  a_bool: 'bool',
  a_time: 'timestamptz',
  an_array: 'float4[]',
  a_vector: 'halfvec',
} as const satisfies Record<string, CopyType>
const NAMES = Object.keys(COLUMNS)
const TYPES = Object.values(COLUMNS)

let db: Database
beforeAll(async () => {
  db = await openPgliteDatabase(null)
  const columns = NAMES.map((name, at) => `${name} ${TYPES[at]}`).join(', ')
  await db.query(`CREATE TABLE things (${columns})`)
})
afterAll(() => db[Symbol.asyncDispose]())

const float4 = fc.float({ noNaN: true, noDefaultInfinity: true })
/** PostgreSQL's text cannot hold NUL. */
const text = fc.string({ unit: 'binary' }).map((raw) => raw.replaceAll('\0', ''))
const f16 = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: DIMENSION, maxLength: DIMENSION })
  .filter((values) => values.some((value) => Math.abs(value) > 0.01))
  .map((values) => toF16Bytes(normalise(values, DIMENSION)))

const row = fc
  .record({
    a_text: text,
    an_int8: fc.maxSafeInteger(),
    an_int4: fc.integer(),
    an_int2: fc.integer({ min: -32_768, max: 32_767 }),
    a_float4: float4,
    a_bytea: fc.uint8Array(),
    a_uuid: fc.uuid(),
    a_jsonb: fc.dictionary(
      fc.stringMatching(/^[a-z]{1,5}$/),
      fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
    ),
    a_bool: fc.boolean(),
    a_time: fc.integer({ min: -1e12, max: 4e12 }),
    an_array: fc.array(float4, { minLength: 1, maxLength: 6 }),
    a_vector: f16,
  })
  .chain((whole) =>
    // Any column may be null.
    fc
      .subarray(NAMES)
      .map((nulls) =>
        Object.fromEntries(
          Object.entries(whole).map(([name, value]) => [name, nulls.includes(name) ? null : value]),
        ),
      ),
  )

test('every value of every type reads back as it was written, nulls too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 5 }), async (rows) => {
      await db.query('TRUNCATE things')
      await db.copyBinary(
        'things',
        NAMES,
        encodeCopy(
          TYPES,
          rows.map((one) => NAMES.map((name) => one[name] ?? null)),
        ),
      )
      const stored = await db.query<Record<string, unknown>>(
        'SELECT *, a_vector::text AS a_vector FROM things',
      )
      expect(stored.map(comparable)).toEqual(rows.map(comparable))
    }),
    { numRuns: 60 },
  )
})

test('an empty array of numbers is one that PostgreSQL takes', async () => {
  await db.query('TRUNCATE things')
  await db.copyBinary('things', ['an_array'], encodeCopy(['float4[]'], [[[]]]))
  expect(
    await db.query(`SELECT array_length(an_array, 1) AS n, an_array = '{}' AS same FROM things`),
  ).toEqual([{ n: null, same: true }])
})

test('a row with a value too few is refused before anything is sent', () => {
  expect(() => encodeCopy(['text', 'int4'], [['alone']])).toThrow(/1 values for 2 columns/)
  expect(() => encodeCopy(['uuid'], [['short']])).toThrow(/not a uuid/)
})

/** The same plain form of what was given and of what came back: nearest float4, -0 and 0 as one number. */
function comparable(one: Record<string, unknown>): unknown {
  const { a_vector: vector, a_time: time, a_bytea: bytes, a_float4: float, an_array: array } = one
  return {
    ...one,
    a_float4: float === null ? null : asFloat4(float as number),
    an_array: array === null ? null : (array as number[]).map(asFloat4),
    a_bytea: bytes === null ? null : [...(bytes as Uint8Array)],
    a_time: time === null ? null : Number(time),
    a_vector: vector === null ? null : numbersOf(vector as string | Uint8Array).map(asFloat4),
  }
}

function numbersOf(vector: string | Uint8Array): number[] {
  return typeof vector === 'string' ? (JSON.parse(vector) as number[]) : [...fromF16Bytes(vector)]
}

/** PostgreSQL prints the shortest digits that read back as the same float4. */
function asFloat4(value: number): number {
  return Math.fround(value) + 0
}
