// The guarantees of questions to devices that are ahead of the centre's copy, on every database.
import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import type { ReplyResult } from '@sam3-fleet/shared/protocol/command'
import { findInputSchema } from '@sam3-fleet/shared/search/find'
import type { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import { fromF16Bytes } from '@sam3-fleet/shared/vector/vector'
import type { Database } from '../../database/database.ts'
import { heldMedia } from '../../store/media.ts'
import { deviceStatus, SEED_TIME_MS, sightingOf, vectorHashOf } from '../../testing/seed.ts'
import { WORD_SPACE, wordVector } from '../../testing/word-encoder.ts'
import { colours, useFindWorld, type DeviceAt } from './find-world.ts'

export function registerLiveFindTests(openDatabase: () => Promise<Database>): void {
  const world = useFindWorld(openDatabase)

  async function behind(deviceId = 'behind-one'): Promise<DeviceAt> {
    const status = deviceStatus({ maxSeq: 9, ackedHwm: 5, oldestUnackedMs: SEED_TIME_MS - 60_000 })
    return await world.device({ deviceId, hwm: 5, maxSeq: 9, status })
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
    const older = await world.see(at, { ...car, count: 1, version: 1 })
    const newer = await world.see(at, { ...car, count: 50, version: 7 })
    const fresh = uuidv7()
    world.devices.set('behind-one', () =>
      result([
        { id: older.id, version: 3, count: 9 },
        { id: newer.id, version: 6, count: 2 },
        { id: fresh, count: 4 },
      ]),
    )
    const { results, coverage } = await world.find({ q: 'red car' })
    expect(results).toHaveLength(3)
    expect(new Map(results.map(({ sightingId, count }) => [sightingId, count]))).toEqual(
      new Map([
        [older.id, 9],
        [newer.id, 50],
        [fresh, 4],
      ]),
    )
    expect(coverage).toMatchObject([{ state: 'behind', behind: 4, askedLive: true, answered: 'answered' }])
    expect(coverage[0]?.completeTo).toBe(new Date(SEED_TIME_MS - 1).toISOString())
    expect(world.asked).toMatchObject([
      { body: { kind: 'search', q: 'red car', sinceSeq: 5, epoch: at.epoch } },
    ])
    const [body] = world.asked.map((command) => command.body)
    const sent = body?.kind === 'search' ? body.vectors : []
    expect(sent.map(({ spaceId }) => spaceId)).toEqual([WORD_SPACE.spaceId])
    expect(fromF16Bytes(Buffer.from(sent[0]?.f16 ?? '', 'base64'))).toHaveLength(WORD_SPACE.dimension)
  })

  test('a crop that comes with the answer is kept by its hash; one with another hash is not', async () => {
    await behind()
    const crop = tinyWebp()
    const hash = sha256Hex(crop)
    const forged = sha256Hex('something else')
    world.devices.set('behind-one', () =>
      result([{ mediaSha256: hash }, { mediaSha256: forged }], {
        [hash]: crop.toString('base64'),
        [forged]: crop.toString('base64'),
      }),
    )
    const { results } = await world.find({ q: 'red car' })
    expect(new Map(results.map(({ media }) => [media?.sha256, media?.state]))).toEqual(
      new Map([
        [hash, 'ready'],
        [forged, 'pending'],
      ]),
    )
    expect(await heldMedia(world.db, { tenantId: DEFAULT_TENANT, hashes: [hash, forged] })).toEqual(
      new Set([hash]),
    )
  })

  test('one that does not answer is late, one that refuses is refused; the rest of the answer stands', async () => {
    await behind('late-one')
    await behind('refusing')
    world.devices.set('refusing', () => ({
      status: 'failed',
      error: { code: 'TOO_MANY_REQUESTS', message: 'busy', hint: '' },
    }))
    const output = world.find({ q: 'red car' })
    await untilAsleep(world.clock)
    await world.clock.advance(60_000)
    const { coverage } = await output
    expect(coverage.map(({ deviceId, answered }) => [deviceId, answered])).toEqual([
      ['late-one', 'late'],
      ['refusing', 'refused'],
    ])
    expect(coverage[0]?.completeTo).toBe(new Date(SEED_TIME_MS - 60_000).toISOString())
  })

  test('a stream gives what the centre has first, then merges each device, then ends', async () => {
    const at = await behind()
    const held = await world.see(at, { label: 'car', description: 'a red car', attributes: colours('red') })
    const fresh = uuidv7()
    world.devices.set('behind-one', () => result([{ id: fresh }]))
    const events = []
    for await (const event of world.search.stream(DEFAULT_TENANT, findInputSchema.parse({ q: 'red car' })))
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
    const held = await Promise.all([1, 2, 3].map((seq) => world.see(at, { ...car, seq })))
    const fresh = [uuidv7(), uuidv7(), uuidv7()]
    world.devices.set('behind-one', () => result(fresh.map((id) => ({ id, firstSeenMs: SEED_TIME_MS - 5 }))))
    const ids = await world.everyPage({ q: 'red car', limit: 2 })
    expect(ids.toSorted()).toEqual([...held.map(({ id }) => id), ...fresh].toSorted())
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
