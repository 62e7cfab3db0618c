// What a file may be without harm: damaged anywhere, of nobody who is known here, cut short, made for another centre; and
// a database that is away meanwhile. Run by import-file.test.ts (PGlite) and import-file.pg.test.ts (PostgreSQL).
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { endOfBatchFile, frameBatch } from '@sam3-fleet/shared/protocol/batch-file'
import type { Entry } from '@sam3-fleet/shared/protocol/entry'
import type { Database } from '../../database/database.ts'
import { emptyDatabase } from '../../testing/empty-database.ts'
import { BatchDevice } from './device-batches.ts'
import { contentOf, fileOf, importInto, wholeFileOf } from './files.ts'
import { startIngestCentre, type IngestCentre } from './ingest-centre.ts'

const BITS_PER_BYTE = 8

export function registerImportDamageTests(database: () => Database): void {
  describe('importing what cannot be taken whole', () => {
    let centre: IngestCentre
    let device: BatchDevice
    beforeEach(async () => {
      await emptyDatabase(database())
      centre = await startIngestCentre(database())
      device = new BatchDevice('gate-0001')
      await centre.greet(device)
    })
    afterEach(() => centre.finish())

    /** A device of its own with sightings, deletions and crops, as a run of a property needs it. */
    async function newSender(): Promise<BatchDevice> {
      const sender = new BatchDevice(`device-${randomUUID().slice(0, 8)}`)
      await centre.greet(sender)
      for (let n = 0; n < 5; n++) sender.addSighting()
      sender.addCrop(`crop of ${sender.deviceId}`)
      return sender
    }

    /** That all which is here of a device is what it really said, and that the whole file then completes it. */
    async function expectOnlyTruthOf(sender: BatchDevice, file: Buffer): Promise<void> {
      const receipts = await database().query<{ seq: number; hash: string; outcome: number }>(
        "SELECT seq, encode(hash, 'hex') AS hash, outcome FROM receipts WHERE device_id = $1",
        [sender.deviceId],
      )
      for (const { seq, hash, outcome } of receipts)
        expect({ hash, outcome }).toEqual({ hash: sender.entries[Number(seq) - 1]?.hash, outcome: 0 })
      const { length } = sender.entries
      expect(await importInto(database(), file)).toMatchObject({
        newEntries: length - receipts.length,
        knownEntries: receipts.length,
        hwm: length,
      })
    }

    describe('a damaged file', () => {
      test('cut short anywhere is refused, its whole batches stay, and the whole file completes them', async () => {
        await fc.assert(
          fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (part) => {
            const sender = await newSender()
            const file = wholeFileOf(sender)
            const cut = file.subarray(0, Math.floor(part * file.byteLength))
            await expect(importInto(database(), cut)).rejects.toMatchObject({
              code: 'INVALID_INPUT',
              message: 'the file is cut short',
            })
            await expectOnlyTruthOf(sender, file)
          }),
          { numRuns: 20 },
        )
      })

      test('with any bit flipped brings in nothing that the device did not say, and the whole file completes it', async () => {
        const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
        await fc.assert(
          fc.asyncProperty(place, async (part) => {
            const sender = await newSender()
            const file = wholeFileOf(sender)
            const bit = Math.floor(part * file.byteLength * BITS_PER_BYTE)
            const at = Math.floor(bit / BITS_PER_BYTE)
            const flipped = Buffer.from(file)
            flipped[at] = (file[at] as number) ^ (1 << (bit % BITS_PER_BYTE))
            // Some bits say nothing of what is in it, the lease for one: such a file may be taken whole.
            await importInto(database(), flipped).catch((thrown: unknown) =>
              expect(thrown).toBeInstanceOf(FleetError),
            )
            await expectOnlyTruthOf(sender, file)
          }),
          { numRuns: 60 },
        )
        expect([await centre.count('incidents'), await centre.count('quarantine')]).toEqual([0, 0])
      })

      test('gives all that is whole around a damaged batch, and says that one was damaged', async () => {
        for (let n = 0; n < 3; n++) device.addSighting()
        const [first, second, third] = device.entries.map((entry) => frameBatch(device.encode([entry])))
        const at = (second?.byteLength ?? 0) - 5
        second?.set([(second[at] ?? 0) ^ 1], at)
        const file = Buffer.concat([first, second, third, endOfBatchFile()] as Uint8Array[])
        await expect(importInto(database(), file)).rejects.toMatchObject({
          code: 'INVALID_INPUT',
          message: '1 of 3 batches are damaged; the others were taken',
        })
        expect(await centre.greet(device)).toMatchObject({ hwm: 1, ranges: [[3, 3]] })
      })

      test('with a batch of another device in it leaves that one out', async () => {
        const other = new BatchDevice('gate-0002')
        await centre.greet(other)
        device.addSighting()
        other.addSighting()
        const file = Buffer.concat([
          frameBatch(device.encode(device.entries)),
          frameBatch(other.encode(other.entries)),
          endOfBatchFile(),
        ])
        await expect(importInto(database(), file)).rejects.toThrow('1 of 2 batches')
        expect(await database().query('SELECT device_id FROM sightings')).toEqual([
          { device_id: 'gate-0001' },
        ])
      })

      test.each([
        ['of another kind', Buffer.from('{"detection_id":1}\n'.repeat(3)), 'not a file of batches'],
        [
          'with nothing that can be read',
          Buffer.from([2, 0, 0, 0, 7, 7, 0, 0, 0, 0]),
          'no batch of the file',
        ],
        ['that is empty', Buffer.alloc(0), 'cut short'],
      ])('%s is refused', async (_name, file, says) => {
        await expect(importInto(database(), file)).rejects.toThrow(says)
      })

      test('a file that says that nothing is to be brought is taken', async () => {
        expect(await importInto(database(), Buffer.from(endOfBatchFile()))).toBeNull()
      })
    })

    describe('a file that cannot be of this centre', () => {
      /** Why the sender's file is refused; the refusal has changed nothing. */
      const refusalOf = async (sender: BatchDevice): Promise<unknown> => {
        const before = await contentOf(database(), DEFAULT_TENANT)
        const refusal = await importInto(database(), wholeFileOf(sender)).catch((thrown: unknown) => thrown)
        expect(await contentOf(database(), DEFAULT_TENANT)).toEqual(before)
        return refusal
      }

      test('of an unknown device is refused, and makes none', async () => {
        const stranger = new BatchDevice('stranger-0001')
        stranger.addSighting()
        expect(await refusalOf(stranger)).toMatchObject({
          code: 'NOT_FOUND',
          message: 'this centre does not know the device stranger-0001',
        })
        expect(await centre.count('devices')).toBe(1)
      })

      test('of another tenant’s device is of an unknown one', async () => {
        device.addSighting()
        const importing = importInto(database(), wholeFileOf(device), { tenantId: 'other' })
        await expect(importing).rejects.toMatchObject({ code: 'NOT_FOUND' })
        expect(await centre.count('sightings')).toBe(0)
      })

      test('of a revoked device is refused', async () => {
        device.addSighting()
        await database().query('UPDATE devices SET revoked_at = now()')
        expect(await refusalOf(device)).toMatchObject({ code: 'FORBIDDEN' })
      })

      test('of an epoch that the device left behind is refused: the next file holds it all', async () => {
        device.addSighting()
        const old = { epoch: device.epoch }
        device.epoch = randomUUID()
        await centre.greet(device)
        expect(await refusalOf(Object.assign(device, old))).toMatchObject({
          code: 'CONFLICT',
          message: expect.stringContaining('began another epoch'),
        })
      })

      test('of an epoch that nobody has heard of is refused until the device has connected', async () => {
        device.epoch = randomUUID()
        device.addSighting()
        expect(await refusalOf(device)).toMatchObject({
          code: 'CONFLICT',
          message: expect.stringContaining('has not seen'),
        })
        await centre.greet(device)
        expect(await importInto(database(), wholeFileOf(device))).toMatchObject({ hwm: 1 })
      })
    })

    describe('a file that cannot be taken whole', () => {
      test('names vectors that this centre does not have: they wait, and come with the device', async () => {
        device.addSighting()
        const file = Buffer.concat([
          frameBatch(device.encode(device.entries, { withVectors: false })),
          endOfBatchFile(),
        ])
        await expect(importInto(database(), file)).rejects.toMatchObject({ code: 'CONFLICT' })
        expect(await centre.greet(device)).toMatchObject({ hwm: 0 })
        expect(await centre.send(device, device.entries)).toMatchObject({ hwm: 1 })
      })

      test('a batch that the database refuses as a whole is set aside, and the next one is taken', async () => {
        device.addSighting()
        device.addSighting()
        const refusing = failing(database(), { times: 1, code: '22003' })
        expect(await importInto(refusing, wholeFileOf(device, 1))).toMatchObject({
          setAsideEntries: 1,
          newEntries: 1,
          hwm: 2,
        })
      })

      test('a database that is away for a moment costs nothing', async () => {
        device.addSighting()
        const away = failing(database(), { times: 2, code: '57P01' })
        expect(await importInto(away, wholeFileOf(device))).toMatchObject({ newEntries: 1, hwm: 1 })
      })

      test('a database that stays away is said so, and the file can be read in later', async () => {
        for (let n = 0; n < 2; n++) device.addSighting()
        const away = failing(database(), { times: 100, code: '57P01' })
        await expect(importInto(away, wholeFileOf(device))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
        const whole = fileOf(device, [device.entries as Entry[]])
        expect(await importInto(database(), whole)).toMatchObject({ newEntries: 2, hwm: 2 })
      })
    })
  })
}

/** The database, whose first transactions fail after their work. */
function failing(database: Database, { times, code }: { times: number; code: string }): Database {
  let left = times
  return Object.assign(Object.create(database) as Database, {
    transaction: (work: Parameters<Database['transaction']>[0]) =>
      database.transaction(async (tx) => {
        const result = await work(tx)
        if (left-- > 0) throw Object.assign(new Error('the database says no'), { code })
        return result
      }),
  })
}
