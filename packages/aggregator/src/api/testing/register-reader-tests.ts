// The guarantees of what the fleet, sync and object pages read, on every database.
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import { devicesListInputSchema } from '@sam3-fleet/shared/fleet/device-view'
import {
  quarantineInputSchema,
  syncStatusInputSchema,
  type SyncStatus,
} from '@sam3-fleet/shared/fleet/sync-view'
import { summaryInputSchema, timelineInputSchema } from '@sam3-fleet/shared/search/objects-summary'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import type { Database } from '../../database/database.ts'
import { createDeviceCommands } from '../../live/device-commands.ts'
import { createTransferRates, type TransferRates } from '../../live/transfer-rates.ts'
import { emptyDatabase } from '../../testing/empty-database.ts'
import {
  deviceStatus,
  SEED_TIME_MS,
  seedDevice,
  seedQuarantine,
  seedSighting,
  seedSource,
  seedSpace,
  setPresence,
  SOURCE_ID,
  type SeedSighting,
} from '../../testing/seed.ts'
import { WORD_SPACE, wordVector } from '../../testing/word-encoder.ts'
import type { ApiServices } from '../api-services.ts'
import { createQuietRevocation } from '../../testing/quiet-revocation.ts'
import { createApiServices } from '../create-api-services.ts'

const LIST = devicesListInputSchema.parse(undefined)
const SYNC = syncStatusInputSchema.parse(undefined)
const iso = (ms: number): string => new Date(ms).toISOString()

export function registerReaderTests(openDatabase: () => Promise<Database>): void {
  let db: Database
  let clock: FakeClock
  let rates: TransferRates
  let services: ApiServices

  beforeAll(async () => {
    db = await openDatabase()
  })
  afterAll(() => db[Symbol.asyncDispose]())
  beforeEach(async () => {
    await emptyDatabase(db)
    clock = new FakeClock(SEED_TIME_MS)
    rates = createTransferRates(clock)
    const commands = createDeviceCommands({ clock, publish: () => Promise.resolve() })
    services = createApiServices({
      database: db,
      clock,
      commands,
      rates,
      text: null,
      picture: null,
      revocation: createQuietRevocation(db),
    })
  })

  async function see(deviceId: string, epoch: string, part: Partial<SeedSighting> = {}): Promise<string> {
    const vector = wordVector(part.label ?? 'person')
    const own = { deviceId, epoch, seq: 1, vector, spaceId: WORD_SPACE.spaceId }
    return (await seedSighting(db, { ...own, ...part })).id
  }

  describe('devices', () => {
    test('are in one of five states, each with its reason', async () => {
      await seedDevice(db, { deviceId: 'caught-up', hwm: 3, status: deviceStatus({ maxSeq: 3 }) })
      await seedDevice(db, {
        deviceId: 'is-behind',
        hwm: 3,
        status: deviceStatus({ maxSeq: 9, oldestUnackedMs: SEED_TIME_MS - 7_200_000, backlogBytes: 77 }),
      })
      await seedDevice(db, {
        deviceId: 'is-silent',
        status: deviceStatus(),
        statusAtMs: SEED_TIME_MS - 12_000,
      })
      await seedDevice(db, { deviceId: 'is-offline', presence: 'offline', status: deviceStatus() })
      await seedDevice(db, { deviceId: 'is-awaited', heard: false })
      const { devices } = await services.fleet.list(DEFAULT_TENANT, LIST)
      expect(Object.fromEntries(devices.map(({ deviceId, state }) => [deviceId, state]))).toEqual({
        'caught-up': 'online',
        'is-behind': 'behind',
        'is-silent': 'stale',
        'is-offline': 'offline',
        'is-awaited': 'awaiting',
      })
      const behind = devices.find(({ deviceId }) => deviceId === 'is-behind')
      expect(behind).toMatchObject({ backlogEntries: 6, backlogBytes: 77, lagMs: 7_200_000 })
      expect(behind?.stateDetail).toContain('2 h')
      expect(devices.find(({ deviceId }) => deviceId === 'is-silent')?.stateDetail).toContain('12 s')
    })

    test('are listed by name, page by page, each once, and found by part of a name', async () => {
      const names = ['Gate', 'Yard', 'gate', 'Dock', 'Gate']
      for (const [at, name] of names.entries()) await seedDevice(db, { deviceId: `device-${at}`, name })
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await services.fleet.list(DEFAULT_TENANT, { limit: 2, ...(cursor && { cursor }) })
        seen.push(...page.devices.map(({ deviceId }) => deviceId))
        cursor = page.nextCursor ?? undefined
      } while (cursor)
      expect(seen.toSorted()).toEqual(['device-0', 'device-1', 'device-2', 'device-3', 'device-4'])
      const gates = await services.fleet.list(DEFAULT_TENANT, { limit: 10, q: 'GAT' })
      expect(gates.devices).toHaveLength(3)
    })

    test('one in full has its epochs, labels, counts and rate', async () => {
      const epoch = await seedDevice(db, { deviceId: 'device-one', hwm: 4, maxSeq: 6, labels: ['person'] })
      await see('device-one', epoch)
      await see('device-one', epoch, { deleted: true })
      rates.onStatus('device-one', deviceStatus({ sentEntries: 10, sentBytes: 1_000 }))
      await clock.advance(2_000)
      rates.onStatus('device-one', deviceStatus({ sentEntries: 30, sentBytes: 5_000 }))
      expect(await services.fleet.byId(DEFAULT_TENANT, 'device-one')).toMatchObject({
        sightings: 1,
        labels: ['person'],
        currentEpoch: epoch,
        epochs: [{ epoch, hwm: 4, maxSeq: 6, closedAt: null }],
        rate: { entriesPerS: 10, bytesPerS: 2_000 },
        quarantined: 0,
      })
      await expect(services.fleet.byId('other', 'device-one')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })

    test('one that is offline shows its sources as it last synced them, with their age', async () => {
      await seedDevice(db, { deviceId: 'device-one', presence: 'offline', status: deviceStatus() })
      await seedSource(db, 'device-one', 'Gate camera')
      await clock.advance(90_000)
      const listed = await services.devices.listSources(DEFAULT_TENANT, 'device-one')
      expect(listed).toMatchObject({ from: 'copy', asOf: iso(SEED_TIME_MS), ageMs: 90_000 })
      expect(listed.sources.map(({ name }) => name)).toEqual(['Gate camera'])
      await expect(
        services.devices.preview(DEFAULT_TENANT, { deviceId: 'device-one', sourceId: null, maxWidth: 640 }),
      ).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    })
  })

  describe('sync', () => {
    test('puts devices in trouble first and adds all of them up', async () => {
      await seedDevice(db, { deviceId: 'caught-up', hwm: 3, status: deviceStatus({ maxSeq: 3 }) })
      const status = deviceStatus({ maxSeq: 9, resentBatches: 2, lastError: 'no route' })
      const epoch = await seedDevice(db, {
        deviceId: 'is-silent',
        hwm: 3,
        status,
        statusAtMs: SEED_TIME_MS - 9_000,
      })
      await seedQuarantine(db, { deviceId: 'is-silent', epoch, seq: 2 })
      const answer = await services.sync.status(DEFAULT_TENANT, { limit: 1 })
      expect(answer).toMatchObject({
        durability: db.durability,
        omitted: 1,
        totals: { devices: 2, byState: { online: 1, stale: 1 }, backlogEntries: 6, rejects: 1 },
        devices: [
          { deviceId: 'is-silent', hwm: 3, maxSeq: 9, resentBatches: 2, lastError: 'no route', rejects: 1 },
        ],
      })
    })

    test('a watch speaks at once and at least every two seconds', async () => {
      await seedDevice(db, { deviceId: 'is-offline', presence: 'offline', status: deviceStatus() })
      const { next, stop } = watching()
      await next()
      expect(await elapsedUntil(next)).toBeLessThanOrEqual(2_000)
      stop()
    })

    test('a link that breaks is seen within five seconds, with or without a last will', async () => {
      await seedDevice(db, { deviceId: 'device-one', status: deviceStatus() })
      const { next, stop } = watching()
      const stateNow = async (): Promise<string | undefined> => (await next()).devices[0]?.state
      expect(await stateNow()).toBe('online')
      // No will, no status any more: half-open.
      expect(await elapsedUntil(async () => (await stateNow()) === 'stale' || null)).toBeLessThanOrEqual(
        5_000,
      )
      await setPresence(db, 'device-one', 'offline')
      expect(await elapsedUntil(async () => (await stateNow()) === 'offline' || null)).toBeLessThanOrEqual(
        2_000,
      )
      stop()
    })

    test('quarantine is listed newest first, page by page, each entry once', async () => {
      const epoch = await seedDevice(db, { deviceId: 'device-one' })
      await seedDevice(db, { deviceId: 'device-two' })
      for (const seq of [1, 2, 3, 4, 5]) await seedQuarantine(db, { deviceId: 'device-one', epoch, seq })
      await seedQuarantine(db, { deviceId: 'device-two', epoch, seq: 9 })
      const seen: number[] = []
      let cursor: string | undefined
      do {
        const input = { deviceId: 'device-one', limit: 2, ...(cursor && { cursor }) }
        const page = await services.sync.quarantine(DEFAULT_TENANT, quarantineInputSchema.parse(input))
        seen.push(...page.items.map(({ seq }) => seq))
        cursor = page.nextCursor ?? undefined
      } while (cursor)
      expect(seen).toEqual([5, 4, 3, 2, 1])
    })

    function watching(): { next: () => Promise<SyncStatus>; stop: () => void } {
      const gone = new AbortController()
      const events = services.sync.watch(DEFAULT_TENANT, SYNC, gone.signal)
      return {
        stop: () => gone.abort(),
        next: async () => {
          const event = await movingTime(events.next())
          return event.value as SyncStatus
        },
      }
    }

    /** Lets the fake time pass, a little at a time, while something waits for it. */
    async function movingTime<T>(waiting: Promise<T>): Promise<T> {
      let done = false
      const over = waiting.finally(() => {
        done = true
      })
      while (!done) {
        if (clock.sleeping > 0) await clock.advance(100)
        else await new Promise((resolve) => setImmediate(resolve))
      }
      return await over
    }

    async function elapsedUntil(step: () => Promise<unknown>): Promise<number> {
      const startedMs = clock.monotonicMs()
      while ((await step()) === null);
      return clock.monotonicMs() - startedMs
    }
  })

  describe('objects', () => {
    test('are counted by label, colour, device and source under the same filters as a search', async () => {
      const one = await seedDevice(db, { deviceId: 'device-one', name: 'Gate box' })
      const two = await seedDevice(db, { deviceId: 'device-two' })
      const red = {
        colours: [
          { name: 'red', share: 0.5 },
          { name: 'grey', share: 0.1 },
        ],
      }
      const attributes = { ...red, size: 'small', place: 'centre', movement: '' } as const
      await see('device-one', one, { label: 'car', count: 4, attributes })
      await see('device-one', one, { label: 'car', count: 2 })
      await see('device-two', two, { label: 'person', count: 1 })
      const summary = (groupBy: string, filters = {}) =>
        services.objects.summary(DEFAULT_TENANT, summaryInputSchema.parse({ groupBy, filters }))
      const labels = await summary('label')
      expect(labels.groups.map(({ key, sightings, detections }) => [key, sightings, detections])).toEqual([
        ['car', 2, 6],
        ['person', 1, 1],
      ])
      expect(labels.total).toEqual({ sightings: 3, detections: 7 })
      expect((await summary('colour')).groups.map(({ key, sightings }) => [key, sightings])).toEqual([
        ['red', 1],
      ])
      expect((await summary('device', { labels: ['car'] })).groups).toMatchObject([
        { key: 'device-one', name: 'Gate box', sightings: 2 },
      ])
      expect((await summary('source')).groups).toMatchObject([{ key: SOURCE_ID, name: 'Gate', sightings: 3 }])
    })

    test('over time fall into equal buckets that add up', async () => {
      const epoch = await seedDevice(db, { deviceId: 'device-one' })
      for (const second of [0, 1, 1, 9]) {
        const lastSeenMs = SEED_TIME_MS + second * 1_000
        await see('device-one', epoch, { firstSeenMs: SEED_TIME_MS, lastSeenMs })
      }
      const line = await services.objects.timeline(DEFAULT_TENANT, timelineInputSchema.parse({ buckets: 3 }))
      expect(line).toEqual({
        from: iso(SEED_TIME_MS),
        to: iso(SEED_TIME_MS + 9_000),
        bucketMs: 3_001,
        buckets: [
          { from: iso(SEED_TIME_MS), sightings: 3 },
          { from: iso(SEED_TIME_MS + 6_002), sightings: 1 },
        ],
      })
      const none = await services.objects.timeline('other', timelineInputSchema.parse(undefined))
      expect(none).toMatchObject({ from: null, buckets: [] })
    })
  })

  test('a sighting in full has its record, its detections, its words and where it came from', async () => {
    const epoch = await seedDevice(db, { deviceId: 'device-one' })
    const words = [{ word: 'person', from: 'label' }]
    const sightingId = await see('device-one', epoch, { extra: { words }, count: 12, seq: 4 })
    const ref = { deviceId: 'device-one', sightingId }
    expect(await services.sightings.byId(DEFAULT_TENANT, ref)).toMatchObject({
      record: { id: sightingId, count: 12, bbox: [0.1, 0.2, 0.3, 0.4], confidence: 0.9 },
      result: { sightingId, deviceName: 'device-one', media: null },
      detections: { count: 12, exemplarId: 7, firstSeen: iso(SEED_TIME_MS) },
      words,
      sync: { epoch, seq: 4 },
    })
    await expect(services.sightings.byId('other', ref)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const unknown = { ...ref, sightingId: uuidv7() }
    await expect(services.sightings.byId(DEFAULT_TENANT, unknown)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('spaces say how much lies in them and that without an encoder nobody can ask them', async () => {
    await seedSpace(db, WORD_SPACE)
    const epoch = await seedDevice(db, { deviceId: 'device-one' })
    await see('device-one', epoch)
    await see('device-one', epoch)
    const { spaces } = await services.spaces.list(DEFAULT_TENANT)
    expect(spaces).toEqual([
      { ...WORD_SPACE, sightings: 2, vectors: 1, devices: 1, asks: { text: false, image: false } },
    ])
  })
}
