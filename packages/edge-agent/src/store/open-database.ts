// Opens the device's database so that what is committed survives a power cut, and never starts on a damaged file:
// that one is moved aside and a new one begun, so that the stages go on (rules A1, A23).
import { mkdirSync, existsSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import BetterSqlite, { type Database } from 'better-sqlite3'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { migrate } from './migrate.ts'

/** Below this SQLite may corrupt a WAL file when a checkpoint meets a writer (WAL-reset race, fixed in 3.51.3). */
const SQLITE_FLOOR = [3, 51, 3] as const
/** Milliseconds to wait for a lock that another process (a backup, a person) holds. */
const BUSY_TIMEOUT_MS = 5_000
/** Bytes that the WAL file may keep after a checkpoint. */
const WAL_KEEP_BYTES = 16 * 1024 * 1024
const SYNCHRONOUS_FULL = 2

export interface OpenedDatabase {
  db: Database
  /** Where a damaged file was moved to; null when the file was sound or new. */
  setAside: string | null
}

/** @throws FleetError CONFIG_INVALID when this SQLite cannot keep the promise of durability. */
export function openDatabase(path: string, nowMs: number): OpenedDatabase {
  mkdirSync(dirname(path), { recursive: true })
  const existed = existsSync(path)
  const db = existed ? openSound(path) : new BetterSqlite(path)
  const setAside = db === null ? moveAside(path, nowMs) : null
  const sound = db ?? new BetterSqlite(path)
  configure(sound)
  migrate(sound)
  return { db: sound, setAside }
}

function configure(db: Database): void {
  const version = (db.prepare('SELECT sqlite_version() AS version').get() as { version: string }).version
  if (isOlder(version)) {
    throw new FleetError(
      'CONFIG_INVALID',
      `SQLite ${version} is older than ${SQLITE_FLOOR.join('.')} and may corrupt its log`,
    )
  }
  db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
  const journal = db.pragma('journal_mode = WAL', { simple: true })
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  db.pragma(`journal_size_limit = ${WAL_KEEP_BYTES}`)
  // better-sqlite3 is built with NORMAL for WAL: what was set is read back, never assumed.
  if (journal !== 'wal' || db.pragma('synchronous', { simple: true }) !== SYNCHRONOUS_FULL) {
    throw new FleetError(
      'CONFIG_INVALID',
      'the database cannot be opened with synchronous=FULL in WAL mode',
      {
        hint: 'Put FLEET_DATA_DIR on a local file system that supports shared memory and locks.',
      },
    )
  }
}

function isOlder(version: string): boolean {
  const parts = version.split('.').map(Number)
  for (const [at, floor] of SQLITE_FLOOR.entries()) {
    const part = parts[at] ?? 0
    if (part !== floor) return part < floor
  }
  return false
}

/** The database if SQLite finds it whole; null when it is damaged. */
function openSound(path: string): Database | null {
  let db: Database | null = null
  try {
    db = new BetterSqlite(path)
    if (db.pragma('quick_check(1)', { simple: true }) === 'ok') return db
  } catch (error) {
    if (!(error instanceof BetterSqlite.SqliteError) || !/CORRUPT|NOTADB/.test(error.code)) throw error
  }
  db?.close()
  return null
}

function moveAside(path: string, nowMs: number): string {
  const aside = `${path}.damaged-${nowMs}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
  }
  return aside
}
