import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres, type PostgresServer } from './postgres.ts'

async function connect(url: string): Promise<Client & AsyncDisposable> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}

async function oneValue(url: string, sql: string): Promise<unknown> {
  await using client = await connect(url)
  const result = await client.query<unknown[]>({ text: sql, rowMode: 'array' })
  return result.rows[0]?.[0]
}

describe('startPostgres', () => {
  let server: PostgresServer

  beforeAll(async () => {
    server = await startPostgres({
      async prepareTemplate(url) {
        await using client = await connect(url)
        await client.query(`create table place (at vector(3)); insert into place values ('[1,0,0]')`)
      },
    })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it('gives each test a database of its own with what the template holds', async () => {
    await using first = await server.createDatabase()
    await using second = await server.createDatabase()
    await oneValue(first.url, 'delete from place')
    expect(await oneValue(first.url, 'select count(*)::int from place')).toBe(0)
    expect(await oneValue(second.url, `select at <-> '[1,0,2]' from place`)).toBe(2)
  })

  it('has a pgvector that filters inside an index scan (0.8 and later)', async () => {
    await using database = await server.createDatabase()
    await using client = await connect(database.url)
    await client.query(`load 'vector'`)
    await client.query('set hnsw.iterative_scan = strict_order')
    const { rows } = await client.query<{ setting: string }>(
      `select current_setting('hnsw.iterative_scan') setting`,
    )
    expect(rows[0]?.setting).toBe('strict_order')
  })

  it('runs with the durability of production', async () => {
    expect(await oneValue(server.urlOf('postgres'), 'show fsync')).toBe('on')
    expect(await oneValue(server.urlOf('postgres'), 'show synchronous_commit')).toBe('on')
  })

  it('drops a database on dispose even while sessions use it', async () => {
    const database = await server.createDatabase()
    await using _session = await connect(database.url)
    await database[Symbol.asyncDispose]()
    const left = await oneValue(
      server.urlOf('postgres'),
      `select count(*)::int from pg_database where datname = '${database.name}'`,
    )
    expect(left).toBe(0)
  })

  it('keeps what was committed and nothing else over kill9, at the same address', async () => {
    await using database = await server.createDatabase()
    await oneValue(database.url, 'create table seen as select 1 as id')
    await using open = await connect(database.url)
    await open.query('begin')
    await open.query('insert into seen values (2)')
    await server.kill9()
    await expect(connect(database.url)).rejects.toThrow('ECONNREFUSED')
    await server.restart()
    expect(await oneValue(database.url, 'select array_agg(id) from seen')).toEqual([1])
  })
})
