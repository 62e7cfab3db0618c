import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import BetterSqlite from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import type { Ack } from '@sam3-fleet/shared/protocol/ack'
import { entryHashText } from '@sam3-fleet/shared/protocol/entry'
import type { Welcome } from '@sam3-fleet/shared/protocol/welcome'
import type { OutboxRead } from './outbox.ts'
import { EPOCH_VERSION_STEP } from './sqlite-outbox-epoch.ts'
import { createSqliteOutbox } from './sqlite-outbox.ts'

const DEVICE = 'gate-0001'
const INCARNATION = '0193b8d0-0000-4000-8000-00000000000a'
const migration = readFileSync(new URL('../../migrations/0001-device.sql', import.meta.url), 'utf8')

function openOutbox() {
  const db = new BetterSqlite(':memory:')
  db.exec(migration)
  const outbox = createSqliteOutbox(db, {
    deviceId: DEVICE,
    clock: { nowMs: () => 1_700_000_000_000 },
    redactUri: (uri) => uri,
  })
  const addVector = (hash: string) =>
    db
      .prepare('INSERT OR IGNORE INTO vectors VALUES (?, ?, ?, ?, NULL)')
      .run(DEVICE, 'space@1', hash, Buffer.alloc(8))
  db.prepare('INSERT INTO spaces VALUES (?, ?, ?)').run(
    DEVICE,
    'space@1',
    JSON.stringify({
      spaceId: 'space@1',
      model: 'm',
      version: '1',
      dimension: 4,
      metric: 'cosine',
      preprocessing: '',
      identity: 'none',
    }),
  )
  const sighting = (vectorHash: string) => {
    const id = randomUUID()
    return db.transaction(() => {
      addVector(vectorHash)
      return outbox.enqueue({
        kind: 'sighting',
        id,
        version: 1,
        state: { id, spaceId: 'space@1', vectorHash },
        payloadBytes: 0,
      })
    })()
  }
  return { db, outbox, sighting }
}

const all: OutboxRead = {
  lane: 'things',
  afterSeq: 0,
  maxBytes: 1e9,
  maxEntries: 1e6,
  vectorsUnderWay: new Set(),
}
const hashOf = (n: number): string => sha256Hex(`vector ${n}`)

function ackOf(epoch: string, part: Partial<Ack>): Ack {
  return {
    v: 1,
    deviceId: DEVICE,
    epoch,
    lease: 1,
    incarnation: INCARNATION,
    batchId: null,
    hwm: 0,
    ranges: [],
    rejects: [],
    needVectors: [],
    needBlobs: [],
    durability: 'power_safe',
    creditBytes: 1e6,
    ...part,
  }
}

describe('outbox in SQLite', () => {
  test('seq is gapless and survives rolled back transactions without a hole', () => {
    const { db, outbox, sighting } = openOutbox()
    expect(sighting(hashOf(1))).toBe(1)
    expect(() =>
      db.transaction(() => {
        outbox.enqueue({ kind: 'source', id: randomUUID(), version: 1, state: {}, payloadBytes: 0 })
        throw new Error('power cut')
      })(),
    ).toThrow('power cut')
    expect(sighting(hashOf(2))).toBe(2)
    expect(outbox.position()).toMatchObject({ maxSeq: 2, minSeq: 1, lastAck: null })
  })

  test('an entry carries the hash of exactly what is sent', () => {
    const { outbox, sighting } = openOutbox()
    sighting(hashOf(1))
    const [entry] = outbox.read(all)?.entries ?? []
    expect(entry?.hash).toBe(sha256Hex(entryHashText(entry as NonNullable<typeof entry>)))
  })

  test('any sequence of acks leaves exactly the unsettled entries to be read, and the mark never goes back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(
          fc.record({ hwm: fc.nat({ max: 40 }), range: fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 6 })) }),
          { maxLength: 8 },
        ),
        (entries, acks) => {
          const { outbox, sighting } = openOutbox()
          for (let n = 0; n < entries; n++) sighting(hashOf(n % 5))
          const { epoch } = outbox.position()
          const settled = new Set<number>()
          let mark = 0
          for (const { hwm, range } of acks) {
            const upTo = Math.min(hwm, entries)
            const from = Math.min(range[0] + 1, entries)
            const to = Math.min(from + range[1], entries)
            outbox.applyAck(ackOf(epoch, { hwm: upTo, ranges: [[from, to]] }))
            for (let seq = 1; seq <= upTo; seq++) settled.add(seq)
            for (let seq = from; seq <= to; seq++) settled.add(seq)
            mark = Math.max(mark, upTo)
            expect(outbox.position().lastAck?.hwm).toBe(mark)
          }
          const open = Array.from({ length: entries }, (_, i) => i + 1).filter((seq) => !settled.has(seq))
          expect(outbox.read(all)?.entries.map((entry) => entry.seq) ?? []).toEqual(open)
          expect(outbox.backlog().entries).toBe(open.length)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('equal vectors travel once in a batch and not again when an acked entry brought them', () => {
    const { outbox, sighting } = openOutbox()
    sighting(hashOf(1))
    sighting(hashOf(1))
    expect(outbox.read(all)?.vectors.map((block) => block.hashes)).toEqual([[hashOf(1)]])
    outbox.applyAck(ackOf(outbox.position().epoch, { hwm: 2 }))
    sighting(hashOf(1))
    expect(outbox.read(all)?.vectors).toEqual([])
    outbox.applyAck(ackOf(outbox.position().epoch, { hwm: 2, needVectors: [hashOf(1)] }))
    expect(outbox.read(all)?.vectors.map((block) => block.hashes)).toEqual([[hashOf(1)]])
  })

  test('only what is acked power_safe is deleted; process_safe is held up to the cap, oldest first', () => {
    const { db, outbox, sighting } = openOutbox()
    for (let n = 0; n < 6; n++) sighting(hashOf(n))
    const { epoch } = outbox.position()
    outbox.applyAck(ackOf(epoch, { hwm: 2 }))
    outbox.applyAck(ackOf(epoch, { hwm: 5, durability: 'process_safe' }))
    expect(outbox.purge(1e9)).toBe(2)
    const bytes = (
      db.prepare('SELECT sum(bytes) AS bytes FROM outbox WHERE acked = 1').get() as { bytes: number }
    ).bytes
    expect(outbox.purge(bytes - 1)).toBe(1)
    expect(outbox.backlog()).toMatchObject({ entries: 1, heldEntries: 2 })
    expect(outbox.position()).toMatchObject({ minSeq: 4, maxSeq: 6 })
  })

  test('an ack of another epoch changes nothing', () => {
    const { outbox, sighting } = openOutbox()
    sighting(hashOf(1))
    outbox.applyAck(ackOf(randomUUID(), { hwm: 1 }))
    expect(outbox.backlog().entries).toBe(1)
  })

  test('a centre that was restored gets again what it lost', () => {
    const { outbox, sighting } = openOutbox()
    for (let n = 0; n < 4; n++) sighting(hashOf(n))
    const { epoch } = outbox.position()
    outbox.applyAck(ackOf(epoch, { hwm: 4, durability: 'process_safe' }))
    const welcome: Welcome = {
      v: 1,
      helloId: randomUUID(),
      deviceId: DEVICE,
      epoch,
      action: 'resume',
      reason: '',
      lease: 2,
      incarnation: randomUUID(),
      hwm: 1,
      ranges: [[3, 3]],
      creditBytes: 1e6,
    }
    outbox.applyWelcome(welcome)
    const batch = outbox.read(all)
    expect(batch?.entries.map((entry) => entry.seq)).toEqual([2, 4])
    expect(batch?.vectors.flatMap((block) => block.hashes).length).toBe(2)
  })

  test('a new epoch enqueues the newest version of everything again, with versions that win', () => {
    const { db, outbox, sighting } = openOutbox()
    sighting(hashOf(1))
    const before = outbox.position()
    db.prepare(
      `INSERT INTO sources (device_id, id, version, name, kind, uri, prompts, detect_fps, enabled, state, state_detail, created_at_ms)
       VALUES (?, ?, 3, 'gate', 'rtsp', 'rtsp://camera', '[]', 5, 1, 'running', '', 1)`,
    ).run(DEVICE, randomUUID())
    outbox.mintEpoch('the centre asked for it')
    const after = outbox.position()
    expect(after.epoch).not.toBe(before.epoch)
    expect(after).toMatchObject({ maxSeq: 1, minSeq: 1, lastAck: null })
    expect(outbox.read(all)?.entries).toMatchObject([
      { seq: 1, kind: 'source', version: 3 + EPOCH_VERSION_STEP },
    ])
  })

  test('listeners hear of an entry only once it can be read', async () => {
    const { outbox, sighting } = openOutbox()
    const heard = new Promise<number>((resolve) => outbox.onEnqueued(() => resolve(outbox.backlog().entries)))
    sighting(hashOf(1))
    expect(await heard).toBe(1)
  })
})
