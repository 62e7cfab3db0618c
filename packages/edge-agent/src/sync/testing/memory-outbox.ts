// A real outbox on an in-memory database with helpers to fill it, for tests of sync.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import BetterSqlite from 'better-sqlite3'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import { createSqliteOutbox, type SqliteOutbox } from '../../store/sqlite-outbox.ts'

const migration = readFileSync(new URL('../../../migrations/0001-device.sql', import.meta.url), 'utf8')
const SPACE_ID = 'test-space@1'

export interface MemoryOutbox {
  outbox: SqliteOutbox
  db: BetterSqlite.Database
  /** Enqueues a sighting with one of a few vectors, and a crop behind every third. Returns how many entries. */
  addSightings(count: number): number
}

export function openMemoryOutbox(deviceId: string): MemoryOutbox {
  const db = new BetterSqlite(':memory:')
  db.exec(migration)
  const outbox = createSqliteOutbox(db, {
    deviceId,
    clock: { nowMs: () => 1_700_000_000_000 },
    redactUri: (uri) => uri,
  })
  const space = {
    spaceId: SPACE_ID,
    model: 'test',
    version: '1',
    dimension: 4,
    metric: 'cosine',
    preprocessing: 'none',
    identity: 'none',
  }
  db.prepare('INSERT INTO spaces VALUES (?, ?, ?)').run(deviceId, SPACE_ID, JSON.stringify(space))

  const addOne = db.transaction((n: number): number => {
    const f16 = new Uint8Array(new Float16Array([1, n % 7, n % 3, n % 5]).buffer)
    const vectorHash = sha256Hex(f16)
    db.prepare('INSERT OR IGNORE INTO vectors VALUES (?, ?, ?, ?, NULL)').run(
      deviceId,
      SPACE_ID,
      vectorHash,
      f16,
    )
    const id = randomUUID()
    outbox.enqueue({
      kind: 'sighting',
      id,
      version: 1,
      state: { id, spaceId: SPACE_ID, vectorHash },
      payloadBytes: 0,
    })
    if (n % 3 !== 0) return 1
    const crop = Buffer.from(`crop ${n}`)
    const sha256 = sha256Hex(crop)
    db.prepare('INSERT OR IGNORE INTO media VALUES (?, ?, ?, 8, 8, ?, NULL)').run(
      deviceId,
      sha256,
      'image/webp',
      crop,
    )
    const state = {
      sha256,
      contentType: 'image/webp',
      bytes: crop.byteLength,
      width: 8,
      height: 8,
      sightingId: id,
    }
    outbox.enqueue({ kind: 'media', id: sha256, version: 1, state, payloadBytes: crop.byteLength })
    return 2
  })

  let added = 0
  return {
    outbox,
    db,
    addSightings(count) {
      let entries = 0
      for (let i = 0; i < count; i++) entries += addOne(added++)
      return entries
    },
  }
}
