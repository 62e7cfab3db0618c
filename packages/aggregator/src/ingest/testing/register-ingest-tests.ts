// What ingest and greeting promise, on any database. Run by ingest.test.ts (PGlite) and ingest.pg.test.ts (PostgreSQL).
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Entry } from '@sam3-fleet/shared/protocol/entry'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { createEnrolTokens } from '../../fleet/enrol-tokens.ts'
import type { Database } from '../../database/database.ts'
import { emptyDatabase } from '../../testing/empty-database.ts'
import { BatchDevice } from './device-batches.ts'
import { startIngestCentre, type IngestCentre } from './ingest-centre.ts'

export function registerIngestTests(database: () => Database): void {
  let centre: IngestCentre
  let device: BatchDevice
  beforeEach(async () => {
    await emptyDatabase(database())
    centre = await startIngestCentre(database())
    device = new BatchDevice('gate-0001')
    await centre.greet(device)
  })
  afterEach(() => centre.finish())

  describe('ingest', () => {
    test('batches in any order, overlapping and repeated, end as in order: everything once, the mark at the end', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 12 }),
          fc.array(fc.tuple(fc.nat({ max: 11 }), fc.integer({ min: 1, max: 5 })), { maxLength: 6 }),
          async (things, slices) => {
            const sender = new BatchDevice(`device-${randomUUID().slice(0, 8)}`)
            await centre.greet(sender)
            for (let n = 0; n < things; n++) {
              if (n % 3 === 2) sender.addCrop(`crop ${sender.deviceId} ${n}`)
              else sender.addSighting()
            }
            let mark = 0
            for (const [from, length] of [...slices, [0, things] as const, [0, things] as const]) {
              const slice = sender.entries.slice(from, from + length)
              if (slice.length === 0) continue
              const ack = await centre.send(sender, slice)
              expect(ack.hwm).toBeGreaterThanOrEqual(mark)
              mark = ack.hwm
            }
            expect(mark).toBe(things)
            const kept = await database().query('SELECT id FROM sightings WHERE device_id = $1', [
              sender.deviceId,
            ])
            expect(kept).toHaveLength(sender.entries.filter((entry) => entry.kind === 'sighting').length)
          },
        ),
        { numRuns: 8 },
      )
      expect(await centre.count('incidents')).toBe(0)
    })

    test('entries above a gap are named as ranges and settled once the gap is filled', async () => {
      for (let n = 0; n < 5; n++) device.addSighting()
      const [first, second, third, fourth, fifth] = device.entries as [Entry, Entry, Entry, Entry, Entry]
      expect(await centre.send(device, [second, third, fifth])).toMatchObject({
        hwm: 0,
        ranges: [
          [2, 3],
          [5, 5],
        ],
      })
      expect(await centre.send(device, [first])).toMatchObject({ hwm: 3, ranges: [[5, 5]] })
      expect(await centre.send(device, [fourth])).toMatchObject({ hwm: 5, ranges: [] })
    })

    test('a thing is replaced only by a greater version, inside a batch too', async () => {
      const id = randomUUID()
      device.addSighting({ id, version: 3, count: 30 })
      device.addSighting({ id, version: 1, count: 10 })
      device.addSighting({ id, version: 2, count: 20 })
      const [newest, oldest, middle] = device.entries as [Entry, Entry, Entry]
      await centre.send(device, [newest, oldest])
      expect(await centre.send(device, [middle])).toMatchObject({ hwm: 3 })
      const [kept] = await database().query<{ version: number; count: number }>(
        'SELECT version, count FROM sightings',
      )
      expect([Number(kept?.version), Number(kept?.count)]).toEqual([3, 30])
    })

    test('an entry that can never be applied is set aside with its text and does not hold up the rest', async () => {
      device.addSighting()
      device.addSighting({ bbox: [0, 0, 2, 2] })
      device.addSighting()
      const ack = await centre.send(device, device.entries)
      expect(ack).toMatchObject({ hwm: 3, rejects: [{ seq: 2, code: 'STATE_INVALID' }] })
      const [row] = await database().query<{ raw: string; reason: string }>(
        'SELECT raw, reason FROM quarantine',
      )
      expect(row?.raw).toBe(device.entries[1]?.state)
      expect(await centre.count('sightings')).toBe(2)
    })

    test('the same number with other content is an incident and changes nothing', async () => {
      device.addSighting({ description: 'first' })
      await centre.send(device, device.entries)
      const liar = new BatchDevice(device.deviceId)
      Object.assign(liar, { epoch: device.epoch, lease: device.lease })
      liar.addSighting({ description: 'other' })
      expect(await centre.send(liar, liar.entries)).toMatchObject({
        hwm: 1,
        rejects: [{ seq: 1, code: 'SEQ_CONFLICT' }],
      })
      expect(await database().query('SELECT description FROM sightings')).toEqual([{ description: 'first' }])
      expect(await centre.count('incidents')).toBe(1)
    })

    test('an entry whose vector is missing stays unsettled until the vector comes', async () => {
      device.addSighting()
      const lacking = await centre.send(device, device.entries, { withVectors: false })
      expect(lacking.hwm).toBe(0)
      expect(lacking.needVectors).toHaveLength(1)
      expect(await centre.send(device, device.entries)).toMatchObject({ hwm: 1, needVectors: [] })
    })

    test('what was deleted does not come back, whatever arrives later', async () => {
      const id = randomUUID()
      device.addSighting({ id, version: 1 })
      device.add('tombstone', randomUUID(), 1, {
        what: 'deleted',
        kind: 'sighting',
        id,
        reason: 'asked for',
        atMs: 1,
      })
      device.addSighting({ id, version: 9 })
      await centre.send(device, device.entries)
      const alive = await database().query('SELECT id FROM sightings WHERE deleted_at IS NULL')
      expect(alive).toEqual([])
    })

    test('a range that the device dropped is counted as lost and lets the mark move on', async () => {
      for (let n = 0; n < 5; n++) device.addSighting()
      device.addDropped(2, 5)
      const ack = await centre.send(device, [device.entries[0] as Entry, device.entries[5] as Entry])
      expect(ack.hwm).toBe(6)
      expect(await database().query('SELECT count::int AS count FROM losses')).toEqual([{ count: 4 }])
    })

    test('mark and ranges say exactly what was received or declared dropped, in whatever order it came', async () => {
      const plan = fc.array(fc.option(fc.tuple(fc.integer({ min: 1, max: 14 }), fc.nat({ max: 6 }))), {
        minLength: 1,
        maxLength: 14,
      })
      await fc.assert(
        fc.asyncProperty(plan, fc.infiniteStream(fc.nat()), async (things, picks) => {
          const sender = new BatchDevice(`device-${randomUUID().slice(0, 8)}`)
          await centre.greet(sender)
          const dropped = new Map<number, readonly [number, number]>()
          for (const range of things) {
            const seq = sender.entries.length + 1
            const [from, length] = range ?? [seq, 0]
            const to = Math.min(from + length, seq - 1)
            if (from > to) sender.addSighting()
            else {
              dropped.set(seq, [from, to])
              sender.addDropped(from, to)
            }
          }
          const settled = new Set<number>()
          const waiting = [...sender.entries]
          while (waiting.length > 0) {
            const [next] = waiting.splice((picks.next().value ?? 0) % waiting.length, 1)
            if (!next) break
            const ack = await centre.send(sender, [next])
            settled.add(next.seq)
            const [from, to] = dropped.get(next.seq) ?? [1, 0]
            for (let seq = from; seq <= to; seq++) settled.add(seq)
            expect({ hwm: ack.hwm, ranges: ack.ranges }).toEqual(standing(settled))
          }
        }),
        { numRuns: 10 },
      )
    })

    test('a batch with a flipped bit is answered, recorded, and changes nothing', async () => {
      device.addSighting()
      const bytes = device.encode(device.entries)
      const at = bytes.length - 3
      bytes[at] = (bytes[at] as number) ^ 4
      const before = centre.acks.length
      centre.ingest.onBatch(device.deviceId, bytes)
      device.addCrop('next')
      await centre.send(device, [device.entries[1] as Entry])
      expect(centre.acks.slice(before)[0]).toMatchObject({ hwm: 0 })
      expect([await centre.count('incidents'), await centre.count('sightings')]).toEqual([1, 0])
    })

    test('a batch under another device’s topic is not taken', async () => {
      device.addSighting()
      centre.ingest.onBatch('other-0001', device.encode(device.entries))
      device.addCrop('next')
      await centre.send(device, [device.entries[1] as Entry])
      expect(await centre.count('sightings')).toBe(0)
    })

    test('fields that this centre does not know are kept', async () => {
      device.addSighting({ mood: 'hurried' } as never)
      await centre.send(device, device.entries)
      expect(await database().query('SELECT extra FROM sightings')).toEqual([{ extra: { mood: 'hurried' } }])
    })
  })

  describe('greeting', () => {
    test('a known device goes on at the mark with a new lease; batches of the old lease change nothing', async () => {
      device.addSighting()
      device.addSighting()
      await centre.send(device, [device.entries[0] as Entry])
      const oldLease = device.lease
      const welcome = await centre.greet(device)
      expect(welcome).toMatchObject({ action: 'resume', hwm: 1 })
      expect(welcome.lease).toBeGreaterThan(oldLease)
      device.lease = oldLease
      centre.ingest.onBatch(device.deviceId, device.encode([device.entries[1] as Entry]))
      device.lease = welcome.lease
      device.addCrop('next')
      expect(await centre.send(device, [device.entries[2] as Entry])).toMatchObject({
        hwm: 1,
        ranges: [[3, 3]],
      })
    })

    test('a disk that went back in time is told to begin a new epoch before it sends anything', async () => {
      for (let n = 0; n < 3; n++) device.addSighting()
      await centre.send(device, device.entries)
      expect(await centre.greet(device, { maxSeq: 2 })).toMatchObject({ action: 'new_epoch' })
    })

    test('other content at the last acked entry is told to begin a new epoch', async () => {
      device.addSighting()
      const { incarnation } = await centre.send(device, device.entries)
      const lastAck = { incarnation, hwm: 1, hash: 'f'.repeat(64) }
      expect(await centre.greet(device, { lastAck })).toMatchObject({ action: 'new_epoch' })
      expect(
        await centre.greet(device, { lastAck: { ...lastAck, hash: device.entries[0]?.hash as string } }),
      ).toMatchObject({ action: 'resume' })
    })

    test('an epoch that was left behind cannot be taken up again', async () => {
      const old = device.epoch
      device.epoch = randomUUID()
      expect(await centre.greet(device)).toMatchObject({ action: 'resume', hwm: 0 })
      device.epoch = old
      expect(await centre.greet(device)).toMatchObject({ action: 'new_epoch' })
    })
  })

  describe('enrolment', () => {
    test('of many that use one token at once exactly one is enrolled', async () => {
      const { token } = await createEnrolTokens({ database: database(), clock: systemClock }).create(
        DEFAULT_TENANT,
        { ttlMs: 60_000, note: 'test' },
      )
      const tries = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) =>
          centre.fleet.enrol({ token, deviceId: `device-000${n}`, name: `device ${n}` }),
        ),
      )
      const enrolled = tries.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
      expect(enrolled).toHaveLength(1)
      const { username, password } = enrolled[0] as { username: string; password: string }
      expect(await centre.fleet.authenticateDevice(username, password)).toBe(username)
      expect(await centre.fleet.authenticateDevice(username, `${password}x`)).toBeNull()
      expect(await centre.fleet.authenticateDevice('device-zzzz', password)).toBeNull()
    })
  })

  describe('presence', () => {
    test('a late will of an older connection does not make a device offline', async () => {
      const bootId = randomUUID()
      const say = (state: string, connection: number) =>
        centre.fleet.onPresence(
          device.deviceId,
          Buffer.from(JSON.stringify({ v: 1, deviceId: device.deviceId, state, bootId, connection })),
        )
      const presence = async () =>
        (
          await database().query<{ presence: string }>('SELECT presence FROM devices WHERE device_id = $1', [
            device.deviceId,
          ])
        )[0]?.presence
      await say('online', 1)
      await say('online', 2)
      await say('offline', 1)
      expect(await presence()).toBe('online')
      await say('offline', 2)
      expect(await presence()).toBe('offline')
    })
  })
}

/** The plain way to say where an epoch stands. */
function standing(settled: ReadonlySet<number>): { hwm: number; ranges: [number, number][] } {
  let hwm = 0
  while (settled.has(hwm + 1)) hwm += 1
  const ranges: [number, number][] = []
  for (const seq of [...settled].filter((n) => n > hwm).toSorted((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last?.[1] === seq - 1) last[1] = seq
    else ranges.push([seq, seq])
  }
  return { hwm, ranges }
}
