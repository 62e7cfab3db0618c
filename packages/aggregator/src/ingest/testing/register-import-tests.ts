// What reading a device's file in promises, on any database. Run by import-file.test.ts (PGlite) and
// import-file.pg.test.ts (PostgreSQL).
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import type { Entry } from '@sam3-fleet/shared/protocol/entry'
import type { Database } from '../../database/database.ts'
import { lockDevice } from '../../store/write-devices.ts'
import { emptyDatabase } from '../../testing/empty-database.ts'
import { BatchDevice } from './device-batches.ts'
import { contentOf, fileOf, importInto, wholeFileOf } from './files.ts'
import { startIngestCentre, type IngestCentre } from './ingest-centre.ts'

const TWIN_TENANT = 'twin'

export function registerImportTests(database: () => Database): void {
  describe('importing', () => {
    let centre: IngestCentre
    let device: BatchDevice
    beforeEach(async () => {
      await emptyDatabase(database())
      centre = await startIngestCentre(database())
      device = new BatchDevice('gate-0001')
      await centre.greet(device)
    })
    afterEach(() => centre.finish())

    const enrol = (tenantId: string, { deviceId }: BatchDevice) =>
      database().transaction((tx) => lockDevice(tx, { tenantId, deviceId }, 'Gate'))

    describe('a file', () => {
      test('leaves exactly what the same batches over the network leave, set aside or not', async () => {
        const sighting = device.addSighting()
        device.addCrop('crop')
        device.addSighting({ bbox: [0, 0, 2, 2] })
        device.addSighting({ id: sighting.id, version: 2, count: 9 })
        device.addSighting()
        device.addDropped(5, 5)
        device.addSighting({ mood: 'hurried' } as never)
        await centre.send(device, device.entries.slice(0, 4))
        await centre.send(device, device.entries.slice(4))
        await enrol(TWIN_TENANT, device)
        const file = fileOf(device, [device.entries.slice(0, 4), device.entries.slice(4)])
        expect(await importInto(database(), file, { tenantId: TWIN_TENANT })).toMatchObject({
          batches: 2,
          newEntries: 6,
          setAsideEntries: 1,
          knownEntries: 0,
          waitingEntries: 0,
          hwmBefore: 0,
          hwm: 7,
          durability: database().durability,
        })
        const { epochs: _, ...sent } = await contentOf(database(), DEFAULT_TENANT)
        const { epochs, ...imported } = await contentOf(database(), TWIN_TENANT)
        expect(imported).toEqual(sent)
        expect(epochs).toMatchObject([{ epoch: device.epoch, hwm: 7, max_seq_seen: 7 }])
      })

      test('read in again changes nothing and says so', async () => {
        for (let n = 0; n < 5; n++) device.addSighting()
        await importInto(database(), wholeFileOf(device))
        const before = await contentOf(database(), DEFAULT_TENANT)
        expect(await importInto(database(), wholeFileOf(device, 3))).toMatchObject({
          newEntries: 0,
          knownEntries: 5,
          hwmBefore: 5,
          hwm: 5,
        })
        expect(await contentOf(database(), DEFAULT_TENANT)).toEqual(before)
      })

      test('in any parts and order, beside and after what came over the network, ends as everything once', async () => {
        const slices = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.integer({ min: 1, max: 4 }), fc.boolean()), {
          maxLength: 6,
        })
        await fc.assert(
          fc.asyncProperty(fc.integer({ min: 1, max: 10 }), slices, async (things, parts) => {
            const sender = new BatchDevice(`device-${randomUUID().slice(0, 8)}`)
            await centre.greet(sender)
            for (let n = 0; n < things; n++) {
              if (n % 3 === 2) sender.addCrop(`crop ${sender.deviceId} ${n}`)
              else sender.addSighting()
            }
            const bring = async (byFile: boolean): Promise<void> => {
              for (const [from, length, isFile] of parts) {
                const slice = sender.entries.slice(from, from + length)
                if (isFile !== byFile || slice.length === 0) continue
                if (isFile) await importInto(database(), fileOf(sender, [slice]))
                else await centre.send(sender, slice)
              }
            }
            await Promise.all([bring(true), bring(false)])
            expect(await importInto(database(), wholeFileOf(sender, 4))).toMatchObject({ hwm: things })
            expect(await centre.send(sender, sender.entries)).toMatchObject({ hwm: things, rejects: [] })
            const kept = await database().query('SELECT id FROM sightings WHERE device_id = $1', [
              sender.deviceId,
            ])
            expect(kept).toHaveLength(sender.entries.filter((entry) => entry.kind === 'sighting').length)
          }),
          { numRuns: 8 },
        )
        expect([await centre.count('incidents'), await centre.count('quarantine')]).toEqual([0, 0])
      })

      test('tells the device at its next hello and ack that these entries are settled', async () => {
        for (let n = 0; n < 4; n++) device.addSighting()
        await importInto(database(), fileOf(device, [device.entries.slice(0, 3)]))
        expect(await centre.greet(device)).toMatchObject({ action: 'resume', hwm: 3 })
        expect(await centre.send(device, [device.entries[3] as Entry])).toMatchObject({ hwm: 4 })
      })

      test('does not fence off the connection of a device that is online', async () => {
        for (let n = 0; n < 12; n++) device.addSighting()
        const { lease } = device
        const imported = importInto(database(), wholeFileOf(device, 1))
        for (const entry of device.entries.toReversed()) await centre.send(device, [entry])
        const { newEntries, knownEntries } = (await imported) ?? {}
        expect((newEntries ?? 0) + (knownEntries ?? 0)).toBe(12)
        device.addCrop('next')
        expect(await centre.send(device, [device.entries[12] as Entry])).toMatchObject({ hwm: 13, lease })
        expect([await centre.count('sightings'), await centre.count('receipts')]).toEqual([12, 13])
      })

      test('goes in while the device connects again and again, each time with a new lease', async () => {
        for (let n = 0; n < 10; n++) device.addSighting()
        const imported = importInto(database(), wholeFileOf(device, 1))
        for (let n = 0; n < 5; n++) expect(await centre.greet(device)).toMatchObject({ action: 'resume' })
        expect(await imported).toMatchObject({ newEntries: 10, hwm: 10 })
        expect(await centre.send(device, device.entries)).toMatchObject({ hwm: 10 })
      })

      test('of a device that enrolled and never connected begins its epoch, and the device goes on in it', async () => {
        const remote = new BatchDevice('remote-0001')
        remote.addSighting()
        await enrol(DEFAULT_TENANT, remote)
        expect(await importInto(database(), wholeFileOf(remote))).toMatchObject({ newEntries: 1, hwm: 1 })
        remote.addSighting()
        expect(await centre.greet(remote)).toMatchObject({ action: 'resume', hwm: 1 })
        expect(await centre.send(remote, [remote.entries[1] as Entry])).toMatchObject({ hwm: 2 })
      })

      test('that contradicts what is here is an incident, and the first content stays', async () => {
        device.addSighting({ description: 'first' })
        await centre.send(device, device.entries)
        const liar = new BatchDevice(device.deviceId)
        liar.epoch = device.epoch
        liar.addSighting({ description: 'other' })
        expect(await importInto(database(), wholeFileOf(liar))).toMatchObject({ setAsideEntries: 1, hwm: 1 })
        expect(await database().query('SELECT description FROM sightings')).toEqual([
          { description: 'first' },
        ])
        expect(await centre.count('incidents')).toBe(1)
      })
    })
  })
}
