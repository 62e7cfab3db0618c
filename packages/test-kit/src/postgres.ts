// A throw-away PostgreSQL with pgvector in a temporary folder, and databases of it as cheap clones of a template.
// Settings are those of production (fsync on), so a promise that a test sees kept after kill9 is a real one.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { freePort } from './free-port.ts'
import { postgresBinDir } from './postgres-binaries.ts'
import { createRestartable, type Restartable } from './restartable.ts'
import { runTool } from './run-tool.ts'
import { spawnService, type Service } from './spawn-service.ts'
import { createTempDir, unprivilegedOwner } from './temp-dir.ts'
import { waitUntil } from './wait-until.ts'

const USER = 'fleet'
const TEMPLATE = 'fleet_template'
/** SIGINT is PostgreSQL's fast shutdown: it ends sessions instead of waiting for them. */
const FAST_SHUTDOWN = 'SIGINT'

export interface PostgresOptions {
  /** Fills the template once, for example with the migrations; every database is a clone of what it leaves. */
  prepareTemplate?: (url: string) => Promise<void>
  /** Server settings over the defaults, for example `{ fsync: 'off' }` where a test only wants speed. */
  settings?: Record<string, string>
}

export interface TestDatabase extends AsyncDisposable {
  readonly name: string
  readonly url: string
}

export interface PostgresServer extends Restartable {
  readonly port: number
  /** Connection string of a database of this server. */
  urlOf(database: string): string
  /** A fresh database with the extension and what `prepareTemplate` made; dropped, with its sessions, on dispose. */
  createDatabase(): Promise<TestDatabase>
}

export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const bin = postgresBinDir()
  const owner = unprivilegedOwner()
  const dir = await createTempDir('postgres', owner)
  const port = await freePort()
  const data = join(dir.path, 'data')
  const urlOf = (database: string): string => `postgres://${USER}@127.0.0.1:${port}/${database}`

  const server = await createRestartable({
    start: async () => {
      await initialise(bin, data, dir.path)
      return await spawnService({
        name: 'postgres',
        command: join(bin, 'postgres'),
        args: ['-D', data, ...settingArgs(port, dir.path, options.settings)],
        cwd: dir.path,
        owner,
        ready: () => answers(urlOf('postgres')),
      })
    },
    kill: killWithChildren,
    stopSignal: FAST_SHUTDOWN,
    resources: [dir],
  })
  try {
    await runSql(urlOf('postgres'), `create database ${TEMPLATE}`)
    await runSql(urlOf(TEMPLATE), 'create extension vector')
    await options.prepareTemplate?.(urlOf(TEMPLATE))
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }

  let made = 0
  return Object.assign(server, {
    port,
    urlOf,
    async createDatabase(): Promise<TestDatabase> {
      made += 1
      const name = `test_${made}`
      await runSql(urlOf('postgres'), `create database ${name} template ${TEMPLATE}`)
      return {
        name,
        url: urlOf(name),
        // A server that the test killed has nothing left to drop.
        [Symbol.asyncDispose]: () =>
          runSql(urlOf('postgres'), `drop database if exists ${name} with (force)`).catch(() => undefined),
      }
    },
  })
}

/** Makes the cluster on the first start; a restart finds it. */
async function initialise(bin: string, data: string, cwd: string): Promise<void> {
  const exists = await readFile(join(data, 'PG_VERSION')).then(
    () => true,
    () => false,
  )
  if (exists) return
  const args = [
    '-D',
    data,
    '-U',
    USER,
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
    '--no-instructions',
  ]
  await runTool(join(bin, 'initdb'), args, { owner: unprivilegedOwner(), cwd })
}

function settingArgs(port: number, socketDir: string, settings: Record<string, string> = {}): string[] {
  const all = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: socketDir,
    shared_buffers: '64MB',
    log_line_prefix: '%m ',
    ...settings,
  }
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

async function runSql(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url })
  // A server that dies under the connection is reported by the query, not by an unhandled event.
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

async function answers(url: string): Promise<boolean> {
  await runSql(url, 'select 1')
  return true
}

/** A power cut takes backends and writers too; those left over would also block the next start. */
async function killWithChildren(service: Service): Promise<void> {
  const children = await readFile(`/proc/${service.pid}/task/${service.pid}/children`, 'utf8').catch(() => '')
  await service.kill9()
  const pids = children.split(' ').filter(Boolean).map(Number)
  for (const pid of pids) sendSignal(pid, 'SIGKILL')
  await waitUntil('the backends of postgres to be gone', () => pids.every((pid) => !sendSignal(pid, 0)))
}

/** False when the process does not exist (any more). */
function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch {
    return false
  }
}
