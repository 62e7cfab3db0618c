// What a device may say without stopping the centre: entries that no database takes, vectors that nobody can compare,
// numbers out of range. Run by ingest.test.ts (PGlite) and ingest.pg.test.ts (PostgreSQL).
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import type { Entry } from '@sam3-fleet/shared/protocol/entry'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import { decodeBatchHeader } from '@sam3-fleet/shared/protocol/batch-codec'
import type { Database } from '../../database/database.ts'
import { emptyDatabase } from '../../testing/empty-database.ts'
import { BatchDevice, SPACE } from './device-batches.ts'
import { noteAttempts, UNFINISHED_TO_REFUSE, UNFINISHED_TO_SET_ASIDE } from '../settle-batches.ts'
import { startIngestCentre, type IngestCentre } from './ingest-centre.ts'

const HIGH_SURROGATE = String.fromCharCode(0xd800)

/** States that pass the schema of the wire and that a careless INSERT would choke on, again and again. */
const HARD_SIGHTINGS: readonly (readonly [string, Partial<Sighting>, 'kept' | 'set aside'])[] = [
  ['a NUL in a text', { description: 'a\0b' }, 'set aside'],
  [
    'a NUL in an attribute',
    { attributes: { colours: [], size: 'small', place: '\0', movement: '' } },
    'set aside',
  ],
  ['half a character', { description: `half ${HIGH_SURROGATE}` }, 'set aside'],
  ['a count of tracks beyond int4', { trackCount: 2 ** 40 }, 'set aside'],
  ['a confidence too small for a float4', { confidence: 1e-300 }, 'kept'],
  [
    'the largest integers there are',
    { count: Number.MAX_SAFE_INTEGER, lastSeenMs: Number.MAX_SAFE_INTEGER },
    'kept',
  ],
]

export function registerPoisonTests(database: () => Database): void {
  describe('poison', () => {
    let centre: IngestCentre
    let device: BatchDevice
    beforeEach(async () => {
      await emptyDatabase(database())
      centre = await startIngestCentre(database())
      device = new BatchDevice('gate-0001')
      await centre.greet(device)
    })
    afterEach(() => centre.finish())

    test.each(HARD_SIGHTINGS)('a sighting with %s does not hold up the rest', async (_name, part, fate) => {
      device.addSighting()
      device.addSighting(part)
      device.addSighting()
      const ack = await centre.send(device, device.entries)
      expect(ack.hwm).toBe(3)
      expect(ack.rejects.map(({ seq }) => seq)).toEqual(fate === 'kept' ? [] : [2])
      expect(await centre.count('sightings')).toBe(fate === 'kept' ? 3 : 2)
      expect(await centre.count('quarantine')).toBe(fate === 'kept' ? 0 : 1)
    })

    test('a vector of wrong length or with a value that is no number sets its sighting aside', async () => {
      const halves = (...values: number[]): Uint8Array => new Uint8Array(new Float16Array(values).buffer)
      device.addSighting({}, halves(1, 1, 1, 1))
      device.addSighting({}, halves(Number.NaN, 0, 0, 0))
      device.addSighting({}, halves(0, 0, 0, 0))
      device.addSighting()
      expect(await centre.send(device, device.entries)).toMatchObject({
        hwm: 4,
        needVectors: [],
        rejects: [1, 2, 3].map((seq) => ({ seq, code: 'VECTOR_INVALID' })),
      })
      expect([await centre.count('vectors'), await centre.count('sightings')]).toEqual([1, 1])
    })

    test('a space that says another dimension than the one known by its name brings no vectors in', async () => {
      device.addSighting()
      await centre.send(device, device.entries)
      const other = new BatchDevice('gate-0002', { ...SPACE, dimension: 8 })
      await centre.greet(other)
      other.addSighting()
      expect(await centre.send(other, other.entries)).toMatchObject({
        hwm: 1,
        rejects: [{ seq: 1, code: 'SPACE_MISMATCH' }],
      })
      expect(await centre.count('vectors')).toBe(1)
    })

    test('a range that cannot have been dropped is set aside, however large it claims to be', async () => {
      device.addSighting()
      device.addDropped(3, 2)
      device.addDropped(4, 5)
      device.addDropped(1, 2 ** 50)
      const ack = await centre.send(device, device.entries)
      expect(ack.rejects.map(({ seq, code }) => [seq, code])).toEqual(
        [2, 3, 4].map((seq) => [seq, 'STATE_INVALID']),
      )
      expect(ack.hwm).toBe(4)
      expect([await centre.count('losses'), await centre.count('receipts')]).toEqual([0, 4])
    })

    test('one batch that says two things under one number keeps the first and is an incident', async () => {
      device.addSighting({ description: 'first' })
      const liar = new BatchDevice(device.deviceId)
      liar.addSighting({ description: 'second' })
      expect(await centre.send(device, [...device.entries, ...liar.entries])).toMatchObject({
        hwm: 1,
        rejects: [{ seq: 1, code: 'SEQ_CONFLICT' }],
      })
      expect(await database().query('SELECT description FROM sightings')).toEqual([{ description: 'first' }])
      expect(await centre.count('incidents')).toBe(1)
    })

    test('what was set aside is answered in the same way each time, and recorded once', async () => {
      device.addSighting({ bbox: [0, 0, 2, 2] })
      const liar = new BatchDevice(device.deviceId)
      liar.addSighting({ description: 'other' })
      const first = await centre.send(device, device.entries)
      const again = await centre.send(device, device.entries)
      expect(again.rejects).toEqual(first.rejects)
      for (let n = 0; n < 2; n++)
        expect(await centre.send(device, liar.entries)).toMatchObject({
          rejects: [{ seq: 1, code: 'SEQ_CONFLICT' }],
        })
      expect([await centre.count('quarantine'), await centre.count('incidents')]).toEqual([2, 1])
    })

    test('a batch that the database refuses as a whole goes to quarantine; others in the same turn are stored', async () => {
      const other = new BatchDevice('gate-0002')
      await centre.greet(other)
      const odd = new BatchDevice(device.deviceId, { ...SPACE, spaceId: 'odd@1', model: 'a\0b' })
      Object.assign(odd, { epoch: device.epoch, lease: device.lease })
      odd.addSighting()
      odd.addCrop('in the same batch')
      other.addSighting()
      const payload = odd.encode(odd.entries)
      centre.ingest.onBatch(odd.deviceId, payload)
      expect(await centre.send(other, other.entries)).toMatchObject({ hwm: 1, rejects: [] })
      expect(await centre.ackOf(decodeBatchHeader(payload).header.batchId)).toMatchObject({
        hwm: 2,
        rejects: [1, 2].map((seq) => ({ seq, code: 'BATCH_REFUSED' })),
      })
      expect(await database().query('SELECT device_id FROM sightings')).toEqual([{ device_id: 'gate-0002' }])
      expect([await centre.count('quarantine'), await centre.count('batch_attempts')]).toEqual([2, 0])
    })

    test('a batch over which the centre ended again and again is set aside, and later ones are stored', async () => {
      device.addSighting()
      device.addSighting()
      const [deadly, next] = device.entries as [Entry, Entry]
      const payload = device.encode([deadly])
      const { header } = decodeBatchHeader(payload)
      const deps = { database: database(), tenantId: DEFAULT_TENANT }
      for (let n = 0; n < UNFINISHED_TO_SET_ASIDE; n++)
        await noteAttempts(deps, [{ deviceId: device.deviceId, header, payload }])
      centre.ingest.onBatch(device.deviceId, payload)
      expect(await centre.ackOf(header.batchId)).toMatchObject({
        hwm: 1,
        rejects: [{ seq: 1, code: 'BATCH_REFUSED' }],
      })
      expect(await centre.send(device, [next])).toMatchObject({ hwm: 2, rejects: [] })
      expect([await centre.count('sightings'), await centre.count('incidents')]).toEqual([1, 1])
    })

    test('a batch that ends the centre while it is only unpacked is answered without being unpacked', async () => {
      device.addSighting()
      const payload = device.encode(device.entries)
      const { header } = decodeBatchHeader(payload)
      const deps = { database: database(), tenantId: DEFAULT_TENANT }
      for (let n = 0; n < UNFINISHED_TO_REFUSE; n++)
        await noteAttempts(deps, [{ deviceId: device.deviceId, header, payload }])
      centre.ingest.onBatch(device.deviceId, payload)
      device.addCrop('next')
      await centre.send(device, [device.entries[1] as Entry])
      expect(await centre.ackOf(header.batchId)).toMatchObject({ hwm: 0 })
      expect([await centre.count('receipts'), await centre.count('incidents')]).toEqual([1, 1])
    })

    test('unknown fields named like what every object has are kept too', async () => {
      device.addSighting({ constructor: 'works', toString: 1 } as never)
      await centre.send(device, device.entries)
      expect(await database().query('SELECT extra FROM sightings')).toEqual([
        { extra: { constructor: 'works', toString: 1 } },
      ])
    })
  })
}
