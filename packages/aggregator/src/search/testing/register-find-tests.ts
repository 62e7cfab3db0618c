// The guarantees of search.find on what the centre holds, on every database: bands, filters, pages, coverage.
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import { findInputSchema } from '@sam3-fleet/shared/search/find'
import type { Database } from '../../database/database.ts'
import { deviceStatus, SEED_TIME_MS } from '../../testing/seed.ts'
import { wordVector } from '../../testing/word-encoder.ts'
import { colours, useFindWorld } from './find-world.ts'

export function registerFindTests(openDatabase: () => Promise<Database>): void {
  const world = useFindWorld(openDatabase)

  describe('ranking and bands', () => {
    test('the asked thing in the asked colour is strong and first; another thing is not an answer', async () => {
      const at = await world.device({ deviceId: 'device-one' })
      const blue = await world.see(at, {
        label: 'car',
        description: 'a blue car',
        attributes: colours('blue'),
      })
      const red = await world.see(at, { label: 'car', description: 'a red car', attributes: colours('red') })
      await world.see(at, { label: 'dog', description: 'a brown dog', attributes: colours('brown') })
      const { results, interpretation } = await world.find({ q: 'red car' })
      expect(results.map((result) => result.sightingId)).toEqual([red.id, blue.id])
      expect(results.map((result) => result.band)).toEqual(['strong', 'weak'])
      expect(interpretation?.labels.map(({ label }) => label)).toEqual(['car'])
      expect(interpretation?.colours).toEqual(['red'])
    })

    test('nothing matches is an answer: no results, and still a coverage', async () => {
      await world.see(await world.device({ deviceId: 'device-one' }), {
        label: 'dog',
        description: 'a brown dog',
      })
      const { results, coverage, nextCursor } = await world.find({ q: 'purple bicycle' })
      expect(results).toEqual([])
      expect(nextCursor).toBeNull()
      expect(coverage.map(({ deviceId }) => deviceId)).toEqual(['device-one'])
    })

    test('a sighting in a space that nobody can encode for is still found by its words', async () => {
      const at = await world.device({ deviceId: 'device-one' })
      const vector = wordVector('elsewhere')
      const found = await world.see(at, {
        description: 'a forklift by the dock',
        label: 'forklift',
        spaceId: 'other@1',
        vector,
      })
      const { results } = await world.find({ q: 'forklift' })
      expect(results.map((result) => result.sightingId)).toEqual([found.id])
      expect(results[0]).toMatchObject({ band: 'likely', similarity: null })
    })

    test('a picture is refused with what to do instead', async () => {
      await expect(world.find({ image: 'aGk=' })).rejects.toMatchObject({
        code: 'NOT_SUPPORTED_BY_PACK',
        status: 501,
      })
    })

    test('similar sightings are of the same kind, and the one that was pointed at is not among them', async () => {
      const at = await world.device({ deviceId: 'device-one' })
      const asked = await world.see(at, {
        label: 'car',
        description: 'a red car',
        attributes: colours('red'),
      })
      const twin = await world.see(at, { label: 'car', description: 'a red car', attributes: colours('red') })
      await world.see(at, { label: 'person', description: 'a person in black', attributes: colours('black') })
      const similarTo = { deviceId: 'device-one', sightingId: asked.id }
      const { results } = await world.find({ similarTo })
      expect(results.map((result) => result.sightingId)).toEqual([twin.id])
      expect(results[0]?.similarity).toBeCloseTo(1, 3)
      await expect(
        world.find({ similarTo: { deviceId: 'device-one', sightingId: uuidv7() } }),
      ).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })
  })

  describe('filters and pages', () => {
    test('filters only: newest first, within the filters, each once over all pages', async () => {
      const at = await world.device({ deviceId: 'device-one' })
      const other = await world.device({ deviceId: 'device-two' })
      const seen: string[] = []
      for (let second = 0; second < 7; second++) {
        const lastSeenMs = SEED_TIME_MS + Math.floor(second / 2) * 1_000
        seen.push((await world.see(at, { firstSeenMs: SEED_TIME_MS, lastSeenMs })).id)
        await world.see(other)
      }
      await world.see(at, { deleted: true })
      const ids = await world.everyPage({ limit: 2, filters: { devices: ['device-one'] } })
      expect(ids.toSorted()).toEqual(seen.toSorted())
      const { results } = await world.find({ filters: { devices: ['device-one'] } })
      expect(results.map((result) => result.sightingId)).toEqual(ids)
      const times = results.map((result) => result.lastSeen)
      expect(times).toEqual(times.toSorted().toReversed())
      expect(results[0]).toMatchObject({ band: null, similarity: null })
    })

    test('a question in words is paged with each answer once, in falling order', async () => {
      const at = await world.device({ deviceId: 'device-one' })
      const seen: string[] = []
      for (let n = 0; n < 23; n++) {
        const red = n % 3 === 0
        const sighting = await world.see(at, {
          label: 'car',
          description: red ? 'a red car' : 'a blue car',
          attributes: colours(red ? 'red' : 'blue'),
          firstSeenMs: SEED_TIME_MS + (n % 4) * 1_000,
          lastSeenMs: SEED_TIME_MS + 10_000,
        })
        seen.push(sighting.id)
      }
      const ids = await world.everyPage({ q: 'red car', limit: 4 })
      expect(ids.length).toBe(23)
      expect(ids.toSorted()).toEqual(seen.toSorted())
      const { results } = await world.find({ q: 'red car', limit: 200 })
      expect(results.map((result) => result.sightingId)).toEqual(ids)
    })

    test('another tenant sees nothing of it', async () => {
      await world.see(await world.device({ deviceId: 'device-one' }), {
        label: 'car',
        description: 'a red car',
      })
      const output = await world.search.find('other', findInputSchema.parse({ q: 'red car' }))
      expect(output.results).toEqual([])
      expect(output.coverage).toEqual([])
    })

    test('a cursor that is not of this list is refused', async () => {
      await expect(world.find({ cursor: 'bm90IGpzb24' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    })
  })

  describe('coverage', () => {
    test('says for every device what the copy holds and until when', async () => {
      const at = SEED_TIME_MS - 1_000
      await world.device({
        deviceId: 'caught-up',
        hwm: 5,
        status: deviceStatus({ maxSeq: 5 }),
        statusAtMs: at,
      })
      await world.device({
        deviceId: 'offline-behind',
        presence: 'offline',
        hwm: 5,
        maxSeq: 9,
        status: deviceStatus({ maxSeq: 9, ackedHwm: 5, oldestUnackedMs: SEED_TIME_MS - 50_000 }),
        statusAtMs: SEED_TIME_MS - 40_000,
      })
      const whole = SEED_TIME_MS - 40_000
      await world.device({
        deviceId: 'offline-whole',
        presence: 'offline',
        hwm: 5,
        status: deviceStatus({ maxSeq: 5 }),
        statusAtMs: whole,
      })
      const silent = await world.device({
        deviceId: 'offline-no-status',
        presence: 'offline',
        hwm: 5,
        maxSeq: 9,
      })
      await world.see(silent, {
        seq: 4,
        lastSeenMs: SEED_TIME_MS - 70_000,
        firstSeenMs: SEED_TIME_MS - 80_000,
      })
      await world.see(silent, { seq: 8 })
      await world.device({ deviceId: 'never-heard', heard: false })
      const { coverage } = await world.find({})
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
      expect(world.asked).toEqual([])
    })

    test('covers only the devices that were asked about', async () => {
      await world.device({ deviceId: 'device-one' })
      await world.device({ deviceId: 'device-two' })
      const { coverage } = await world.find({ filters: { devices: ['device-two'] } })
      expect(coverage.map(({ deviceId }) => deviceId)).toEqual(['device-two'])
    })
  })
}
