// The guarantees of search.find and search.stream, on every database.
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import type { Command, Reply, ReplyResult } from '@sam3-fleet/shared/protocol/command'
import { findInputSchema, type FindOutput } from '@sam3-fleet/shared/search/find'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import { fromF16Bytes } from '@sam3-fleet/shared/vector/vector'
import type { Database } from '../../database/database.ts'
import { createDeviceCommands, type DeviceCommands } from '../../live/device-commands.ts'
import { createLiveSearch } from '../../live/live-search.ts'
import { heldMedia } from '../../store/media.ts'
import {
  deviceStatus,
  SEED_TIME_MS,
  seedDevice,
  seedSighting,
  seedSpace,
  sightingOf,
  vectorHashOf,
  type SeedDevice,
  type SeedSighting,
} from '../../testing/seed.ts'
import { emptyDatabase } from '../../testing/empty-database.ts'
import { createWordEncoder, WORD_SPACE, wordVector } from '../../testing/word-encoder.ts'
import { createExactVectorSearch } from '../exact-vector-search.ts'
import { createFleetSearch } from '../find.ts'
import { createFleetUnderstanding } from '../fleet-understanding.ts'
import type { SearchService } from '../search-service.ts'

const LABELS = ['person', 'car', 'truck', 'dog', 'bicycle', 'cat', 'bus', 'boat']
type DeviceAnswer = (command: Command) => Partial<Reply> | null

export function registerFindTests(openDatabase: () => Promise<Database>): void {
  let db: Database
  let clock: FakeClock
  let commands: DeviceCommands
  let search: SearchService
  let devices: Map<string, DeviceAnswer>
  let asked: Command[]

  beforeAll(async () => {
    db = await openDatabase()
  })
  afterAll(() => db[Symbol.asyncDispose]())
  beforeEach(async () => {
    await emptyDatabase(db)
    clock = new FakeClock(SEED_TIME_MS)
    devices = new Map()
    asked = []
    commands = createDeviceCommands({
      clock,
      publish: (_topic, payload) => {
        const command = JSON.parse(Buffer.from(payload).toString('utf8')) as Command
        asked.push(command)
        const reply = devices.get(command.deviceId)?.(command)
        if (reply) answerLater(command, reply)
        return Promise.resolve()
      },
    })
    search = createFleetSearch({
      db,
      clock,
      vectors: createExactVectorSearch(db),
      live: createLiveSearch({ db, commands }),
      text: createFleetUnderstanding({ db, clock, encoder: createWordEncoder(), packLabels: LABELS }),
      picture: null,
    })
    await seedSpace(db, WORD_SPACE)
  })

  function answerLater({ commandId, deviceId }: Command, reply: Partial<Reply>): void {
    const whole = { v: 1, commandId, deviceId, status: 'done', ...reply }
    queueMicrotask(() => commands.onReply(deviceId, Buffer.from(JSON.stringify(whole))))
  }

  const find = (input: Record<string, unknown>): Promise<FindOutput> =>
    search.find(DEFAULT_TENANT, findInputSchema.parse(input))

  /** A sighting whose vector is the one of its own words, as describe-then-embed makes it. */
  async function see(
    at: { deviceId: string; epoch: string },
    part: Partial<SeedSighting> = {},
  ): Promise<Sighting> {
    const description = part.description ?? `a ${part.label ?? 'person'} in the middle`
    return await seedSighting(db, {
      seq: 1,
      vector: wordVector(description),
      spaceId: WORD_SPACE.spaceId,
      ...part,
      ...at,
      description,
    })
  }

  async function device(
    part: Partial<SeedDevice> & { deviceId: string },
  ): Promise<{ deviceId: string; epoch: string }> {
    return { deviceId: part.deviceId, epoch: await seedDevice(db, { labels: LABELS, ...part }) }
  }

  const colours = (...names: string[]): Sighting['attributes'] => ({
    colours: names.map((name) => ({ name, share: 0.6 })),
    size: 'small',
    place: 'centre',
    movement: '',
  })

  async function everyPage(input: Record<string, unknown>): Promise<string[]> {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const output = await find({ ...input, ...(cursor && { cursor }) })
      ids.push(...output.results.map((result) => result.sightingId))
      cursor = output.nextCursor ?? undefined
    } while (cursor)
    return ids
  }

  describe('ranking and bands', () => {
    test('the asked thing in the asked colour is strong and first; another thing is not an answer', async () => {
      const at = await device({ deviceId: 'device-one' })
      const blue = await see(at, { label: 'car', description: 'a blue car', attributes: colours('blue') })
      const red = await see(at, { label: 'car', description: 'a red car', attributes: colours('red') })
      await see(at, { label: 'dog', description: 'a brown dog', attributes: colours('brown') })
      const { results, interpretation } = await find({ q: 'red car' })
      expect(results.map((result) => result.sightingId)).toEqual([red.id, blue.id])
      expect(results.map((result) => result.band)).toEqual(['strong', 'weak'])
      expect(interpretation?.labels.map(({ label }) => label)).toEqual(['car'])
      expect(interpretation?.colours).toEqual(['red'])
    })

    test('nothing matches is an answer: no results, and still a coverage', async () => {
      await see(await device({ deviceId: 'device-one' }), { label: 'dog', description: 'a brown dog' })
      const { results, coverage, nextCursor } = await find({ q: 'purple bicycle' })
      expect(results).toEqual([])
      expect(nextCursor).toBeNull()
      expect(coverage.map(({ deviceId }) => deviceId)).toEqual(['device-one'])
    })

    test('a sighting in a space that nobody can encode for is still found by its words', async () => {
      const at = await device({ deviceId: 'device-one' })
      const vector = wordVector('elsewhere')
      const found = await see(at, {
        description: 'a forklift by the dock',
        label: 'forklift',
        spaceId: 'other@1',
        vector,
      })
      const { results } = await find({ q: 'forklift' })
      expect(results.map((result) => result.sightingId)).toEqual([found.id])
      expect(results[0]).toMatchObject({ band: 'likely', similarity: null })
    })

    test('a picture is refused with what to do instead', async () => {
      await expect(find({ image: 'aGk=' })).rejects.toMatchObject({
        code: 'NOT_SUPPORTED_BY_PACK',
        status: 501,
      })
    })

    test('similar sightings are of the same kind, and the one that was pointed at is not among them', async () => {
      const at = await device({ deviceId: 'device-one' })
      const asked = await see(at, { label: 'car', description: 'a red car', attributes: colours('red') })
      const twin = await see(at, { label: 'car', description: 'a red car', attributes: colours('red') })
      await see(at, { label: 'person', description: 'a person in black', attributes: colours('black') })
      const similarTo = { deviceId: 'device-one', sightingId: asked.id }
      const { results } = await find({ similarTo })
      expect(results.map((result) => result.sightingId)).toEqual([twin.id])
      expect(results[0]?.similarity).toBeCloseTo(1, 3)
      await expect(
        find({ similarTo: { deviceId: 'device-one', sightingId: uuidv7() } }),
      ).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })
  })

  describe('filters and pages', () => {
    test('filters only: newest first, within the filters, each once over all pages', async () => {
      const at = await device({ deviceId: 'device-one' })
      const other = await device({ deviceId: 'device-two' })
      const seen: string[] = []
      for (let second = 0; second < 7; second++) {
        const lastSeenMs = SEED_TIME_MS + Math.floor(second / 2) * 1_000
        seen.push((await see(at, { firstSeenMs: SEED_TIME_MS, lastSeenMs })).id)
        await see(other)
      }
      await see(at, { deleted: true })
      const ids = await everyPage({ limit: 2, filters: { devices: ['device-one'] } })
      expect(ids.toSorted()).toEqual(seen.toSorted())
      const { results } = await find({ filters: { devices: ['device-one'] } })
      expect(results.map((result) => result.sightingId)).toEqual(ids)
      const times = results.map((result) => result.lastSeen)
      expect(times).toEqual(times.toSorted().toReversed())
      expect(results[0]).toMatchObject({ band: null, similarity: null })
    })

    test('a question in words is paged with each answer once, in falling order', async () => {
      const at = await device({ deviceId: 'device-one' })
      const seen: string[] = []
      for (let n = 0; n < 23; n++) {
        const red = n % 3 === 0
        const sighting = await see(at, {
          label: 'car',
          description: red ? 'a red car' : 'a blue car',
          attributes: colours(red ? 'red' : 'blue'),
          firstSeenMs: SEED_TIME_MS + (n % 4) * 1_000,
          lastSeenMs: SEED_TIME_MS + 10_000,
        })
        seen.push(sighting.id)
      }
      const ids = await everyPage({ q: 'red car', limit: 4 })
      expect(ids.length).toBe(23)
      expect(ids.toSorted()).toEqual(seen.toSorted())
      const { results } = await find({ q: 'red car', limit: 200 })
      expect(results.map((result) => result.sightingId)).toEqual(ids)
    })

    test('another tenant sees nothing of it', async () => {
      await see(await device({ deviceId: 'device-one' }), { label: 'car', description: 'a red car' })
      const output = await search.find('other', findInputSchema.parse({ q: 'red car' }))
      expect(output.results).toEqual([])
      expect(output.coverage).toEqual([])
    })

    test('a cursor that is not of this list is refused', async () => {
      await expect(find({ cursor: 'bm90IGpzb24' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    })
  })

  describe('coverage', () => {
    test('says for every device what the copy holds and until when', async () => {
      const at = SEED_TIME_MS - 1_000
      await device({ deviceId: 'caught-up', hwm: 5, status: deviceStatus({ maxSeq: 5 }), statusAtMs: at })
      await device({
        deviceId: 'offline-behind',
        presence: 'offline',
        hwm: 5,
        maxSeq: 9,
        status: deviceStatus({ maxSeq: 9, ackedHwm: 5, oldestUnackedMs: SEED_TIME_MS - 50_000 }),
        statusAtMs: SEED_TIME_MS - 40_000,
      })
      const whole = SEED_TIME_MS - 40_000
      await device({
        deviceId: 'offline-whole',
        presence: 'offline',
        hwm: 5,
        status: deviceStatus({ maxSeq: 5 }),
        statusAtMs: whole,
      })
      const silent = await device({ deviceId: 'offline-no-status', presence: 'offline', hwm: 5, maxSeq: 9 })
      await see(silent, { seq: 4, lastSeenMs: SEED_TIME_MS - 70_000, firstSeenMs: SEED_TIME_MS - 80_000 })
      await see(silent, { seq: 8 })
      await device({ deviceId: 'never-heard', heard: false })
      const { coverage } = await find({})
      const iso = (ms: number): string => new Date(ms).toISOString()
      expect(
        coverage.map(({ deviceId, state, completeTo, behind }) => [deviceId, state, completeTo, behind]),
      ).toEqual([
        ['caught-up', 'complete', iso(at), 0],
        ['never-heard', 'unknown', null, 0],
        ['offline-behind', 'offline', iso(SEED_TIME_MS - 50_000), 4],
        ['offline-no-status', 'offline', iso(SEED_TIME_MS - 70_000), 4],
        ['offline-whole', 'offline', iso(whole), 0],
      ])
      expect(asked).toEqual([])
    })

    test('covers only the devices that were asked about', async () => {
      await device({ deviceId: 'device-one' })
      await device({ deviceId: 'device-two' })
      const { coverage } = await find({ filters: { devices: ['device-two'] } })
      expect(coverage.map(({ deviceId }) => deviceId)).toEqual(['device-two'])
    })
  })

  describe('devices that are behind', () => {
    async function behind(deviceId = 'behind-one'): Promise<{ deviceId: string; epoch: string }> {
      const status = deviceStatus({ maxSeq: 9, ackedHwm: 5, oldestUnackedMs: SEED_TIME_MS - 60_000 })
      return await device({ deviceId, hwm: 5, maxSeq: 9, status })
    }

    function result(
      sightings: Partial<Sighting>[],
      crops: Record<string, string> = {},
    ): { result: ReplyResult<'search'> } {
      return {
        result: {
          results: sightings.map((part) => ({
            similarity: 1,
            sighting: sightingOf({
              spaceId: WORD_SPACE.spaceId,
              label: 'car',
              description: 'a red car',
              attributes: colours('red'),
              vectorHash: vectorHashOf(wordVector('a red car')),
              ...part,
            }),
          })),
          crops,
          maxSeq: 9,
          completeToMs: SEED_TIME_MS - 1,
        },
      }
    }

    test('are asked for what the centre lacks, and each sighting stands there once in its newest version', async () => {
      const at = await behind()
      const car = { label: 'car', description: 'a red car', attributes: colours('red') }
      const older = await see(at, { ...car, count: 1, version: 1 })
      const newer = await see(at, { ...car, count: 50, version: 7 })
      const fresh = uuidv7()
      devices.set('behind-one', () =>
        result([
          { id: older.id, version: 3, count: 9 },
          { id: newer.id, version: 6, count: 2 },
          { id: fresh, count: 4 },
        ]),
      )
      const { results, coverage } = await find({ q: 'red car' })
      expect(results.map(({ sightingId, count }) => [sightingId, count]).toSorted()).toEqual(
        [
          [older.id, 9],
          [newer.id, 50],
          [fresh, 4],
        ].toSorted(),
      )
      expect(coverage).toMatchObject([{ state: 'behind', behind: 4, askedLive: true, answered: 'answered' }])
      expect(coverage[0]?.completeTo).toBe(new Date(SEED_TIME_MS - 1).toISOString())
      expect(asked).toMatchObject([{ body: { kind: 'search', q: 'red car', sinceSeq: 5, epoch: at.epoch } }])
      const [body] = asked.map((command) => command.body)
      const sent = body?.kind === 'search' ? body.vectors : []
      expect(sent.map(({ spaceId }) => spaceId)).toEqual([WORD_SPACE.spaceId])
      expect(fromF16Bytes(Buffer.from(sent[0]?.f16 ?? '', 'base64'))).toHaveLength(WORD_SPACE.dimension)
    })

    test('a crop that comes with the answer is kept by its hash; one with another hash is not', async () => {
      await behind()
      const crop = tinyWebp()
      const hash = sha256Hex(crop)
      const forged = sha256Hex('something else')
      devices.set('behind-one', () =>
        result([{ mediaSha256: hash }, { mediaSha256: forged }], {
          [hash]: crop.toString('base64'),
          [forged]: crop.toString('base64'),
        }),
      )
      const { results } = await find({ q: 'red car' })
      expect(results.map(({ media }) => [media?.sha256, media?.state]).toSorted()).toEqual(
        [
          [hash, 'ready'],
          [forged, 'pending'],
        ].toSorted(),
      )
      expect(await heldMedia(db, { tenantId: DEFAULT_TENANT, hashes: [hash, forged] })).toEqual(
        new Set([hash]),
      )
    })

    test('one that does not answer is late, one that refuses is refused; the rest of the answer stands', async () => {
      await behind('late-one')
      await behind('refusing')
      devices.set('refusing', () => ({
        status: 'failed',
        error: { code: 'TOO_MANY_REQUESTS', message: 'busy', hint: '' },
      }))
      const output = find({ q: 'red car' })
      await untilAsleep(clock)
      await clock.advance(60_000)
      const { coverage } = await output
      expect(coverage.map(({ deviceId, answered }) => [deviceId, answered])).toEqual([
        ['late-one', 'late'],
        ['refusing', 'refused'],
      ])
      expect(coverage[0]?.completeTo).toBe(new Date(SEED_TIME_MS - 60_000).toISOString())
    })

    test('a stream gives what the centre has first, then merges each device, then ends', async () => {
      const at = await behind()
      const held = await see(at, { label: 'car', description: 'a red car', attributes: colours('red') })
      const fresh = uuidv7()
      devices.set('behind-one', () => result([{ id: fresh }]))
      const events = []
      for await (const event of search.stream(DEFAULT_TENANT, findInputSchema.parse({ q: 'red car' })))
        events.push(event)
      expect(events.map((event) => [event.type, event.output.results.length])).toEqual([
        ['results', 1],
        ['results', 2],
        ['done', 2],
      ])
      expect(events.map((event) => event.output.coverage[0]?.answered)).toEqual([
        'pending',
        'answered',
        'answered',
      ])
      expect(events[0]?.output.results[0]?.sightingId).toBe(held.id)
    })

    test("pages hold their answers and the copy's together, each once", async () => {
      const at = await behind()
      const car = { label: 'car', description: 'a red car', attributes: colours('red') }
      const held = await Promise.all([1, 2, 3].map((seq) => see(at, { ...car, seq })))
      const fresh = [uuidv7(), uuidv7(), uuidv7()]
      devices.set('behind-one', () => result(fresh.map((id) => ({ id, firstSeenMs: SEED_TIME_MS - 5 }))))
      const ids = await everyPage({ q: 'red car', limit: 2 })
      expect(ids.toSorted()).toEqual([...held.map(({ id }) => id), ...fresh].toSorted())
    })
  })
}

async function untilAsleep(clock: FakeClock): Promise<void> {
  while (clock.sleeping === 0) await new Promise((resolve) => setImmediate(resolve))
}

/** The header of a WebP of 2 by 3 pixels (VP8X) and no picture: enough for what the centre reads. */
function tinyWebp(): Buffer {
  const bytes = Buffer.alloc(30)
  bytes.write('RIFF', 0, 'latin1')
  bytes.write('WEBPVP8X', 8, 'latin1')
  bytes.writeUIntLE(1, 24, 3)
  bytes.writeUIntLE(2, 27, 3)
  return bytes
}
