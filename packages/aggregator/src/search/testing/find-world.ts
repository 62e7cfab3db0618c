// A centre's search over a real database, with devices that answer what the test gives them, for its suites.
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import type { Command, Reply } from '@sam3-fleet/shared/protocol/command'
import { findInputSchema, type FindOutput } from '@sam3-fleet/shared/search/find'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import type { Database } from '../../database/database.ts'
import { createDeviceCommands } from '../../live/device-commands.ts'
import { createLiveSearch } from '../../live/live-search.ts'
import { emptyDatabase } from '../../testing/empty-database.ts'
import {
  SEED_TIME_MS,
  seedDevice,
  seedSighting,
  seedSpace,
  type SeedDevice,
  type SeedSighting,
} from '../../testing/seed.ts'
import { createWordEncoder, WORD_SPACE, wordVector } from '../../testing/word-encoder.ts'
import { createExactVectorSearch } from '../exact-vector-search.ts'
import { createFleetSearch } from '../find.ts'
import { createFleetUnderstanding } from '../fleet-understanding.ts'
import type { SearchService } from '../search-service.ts'

const LABELS = ['person', 'car', 'truck', 'dog', 'bicycle', 'cat', 'bus', 'boat']

/** What a device replies; null: it never does. */
export type DeviceAnswer = (command: Command) => Partial<Reply> | null

export interface DeviceAt {
  deviceId: string
  epoch: string
}

export interface FindWorld {
  readonly db: Database
  readonly clock: FakeClock
  readonly search: SearchService
  /** How each device answers; fill it before asking. */
  readonly devices: Map<string, DeviceAnswer>
  /** Commands that were sent. */
  readonly asked: Command[]
  find(input: Record<string, unknown>): Promise<FindOutput>
  /** Sighting ids over all pages, in order. */
  everyPage(input: Record<string, unknown>): Promise<string[]>
  device(part: Partial<SeedDevice> & { deviceId: string }): Promise<DeviceAt>
  /** A sighting whose vector is the one of its own words, as describe-then-embed makes it. */
  see(at: DeviceAt, part?: Partial<SeedSighting>): Promise<Sighting>
}

/** Call inside describe: one database for the suite, emptied before each test. */
export function useFindWorld(openDatabase: () => Promise<Database>): FindWorld {
  let db: Database
  let clock: FakeClock
  let search: SearchService
  const devices = new Map<string, DeviceAnswer>()
  const asked: Command[] = []

  beforeAll(async () => {
    db = await openDatabase()
  })
  afterAll(() => db[Symbol.asyncDispose]())
  beforeEach(async () => {
    await emptyDatabase(db)
    await seedSpace(db, WORD_SPACE)
    clock = new FakeClock(SEED_TIME_MS)
    devices.clear()
    asked.length = 0
    const commands = createDeviceCommands({
      clock,
      publish: (_topic, payload) => {
        const command = JSON.parse(Buffer.from(payload).toString('utf8')) as Command
        const { commandId, deviceId } = command
        asked.push(command)
        const reply = devices.get(deviceId)?.(command)
        const whole = { v: 1, commandId, deviceId, status: 'done', ...reply }
        if (reply) queueMicrotask(() => commands.onReply(deviceId, Buffer.from(JSON.stringify(whole))))
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
  })

  const find: FindWorld['find'] = (input) => search.find(DEFAULT_TENANT, findInputSchema.parse(input))

  return {
    get db() {
      return db
    },
    get clock() {
      return clock
    },
    get search() {
      return search
    },
    devices,
    asked,
    find,

    async everyPage(input) {
      const ids: string[] = []
      let cursor: string | undefined
      do {
        const output = await find({ ...input, ...(cursor && { cursor }) })
        ids.push(...output.results.map((result) => result.sightingId))
        cursor = output.nextCursor ?? undefined
      } while (cursor)
      return ids
    },

    async device(part) {
      return { deviceId: part.deviceId, epoch: await seedDevice(db, { labels: LABELS, ...part }) }
    },

    async see(at, part = {}) {
      const description = part.description ?? `a ${part.label ?? 'person'} in the middle`
      const own = { seq: 1, vector: wordVector(description), spaceId: WORD_SPACE.spaceId }
      return await seedSighting(db, { ...own, ...part, ...at, description })
    },
  }
}

/** Measured attributes with these colours, each clearly visible. */
export function colours(...names: string[]): Sighting['attributes'] {
  return {
    colours: names.map((name) => ({ name, share: 0.6 })),
    size: 'small',
    place: 'centre',
    movement: '',
  }
}
