// A small fleet as a week of use would leave it: one device well, one behind, one offline, and what they have seen.
import { createHash, randomUUID } from 'node:crypto'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import { storeMedia } from '@sam3-fleet/aggregator/store/media'
import {
  deviceStatus,
  seedDevice,
  seedQuarantine,
  seedSighting,
  seedSource,
  seedSpace,
  sightingOf,
  SOURCE_ID,
  vectorHashOf,
} from '@sam3-fleet/aggregator/testing/seed'
import { WORD_SPACE, wordVector } from '@sam3-fleet/aggregator/testing/word-encoder'
import { jobOf } from './device-answers.ts'
import { LABELS, type FleetWorld } from './fleet-world.ts'
import { pictureOf, type Rgb } from './picture.ts'

export const YARD = 'device-yard'
export const GATE = 'device-gate'
export const HALL = 'device-hall'
const MINUTE_MS = 60_000
/** Entries that the gate has and the centre does not. */
export const GATE_BEHIND = 12

const COLOURS: Record<string, Rgb> = {
  red: [190, 48, 44],
  blue: [52, 92, 180],
  white: [220, 222, 226],
  green: [60, 140, 84],
}
const SIZES = [
  { width: 96, height: 64 },
  { width: 48, height: 104 },
  { width: 80, height: 80 },
]

export interface SeededFleet {
  /**
   * Says again that the connected devices are well, and ahead of time: without it they would be called stale after
   * seconds, and a busy machine may be seconds late with the next beat. The console takes the future for now.
   */
  beat(): Promise<void>
}

export async function seedFleet({ db, devices }: FleetWorld): Promise<SeededFleet> {
  const nowMs = Date.now()
  await seedSpace(db, WORD_SPACE)
  const yard = await seedDevice(db, {
    deviceId: YARD,
    name: 'Yard',
    labels: LABELS,
    hwm: 40,
    status: statusAt(40, 40),
  })
  const gate = await seedDevice(db, {
    deviceId: GATE,
    name: 'Gate',
    labels: LABELS,
    hwm: 20,
    maxSeq: 20 + GATE_BEHIND,
    status: statusAt(20 + GATE_BEHIND, 20),
  })
  const hall = await seedDevice(db, {
    deviceId: HALL,
    name: 'Hall',
    labels: LABELS,
    hwm: 9,
    presence: 'offline',
  })
  await seedSource(db, YARD, 'North door')
  await seedQuarantine(db, { deviceId: GATE, epoch: gate, seq: 7 })
  const epochs = { [YARD]: yard, [GATE]: gate, [HALL]: hall }
  let seq = 1
  for (const [at, epoch] of Object.entries(epochs))
    for (const [n, words] of WORDS.entries()) {
      const colour = words.split(' ').find((word) => word in COLOURS) ?? 'white'
      const size = SIZES[n % SIZES.length] ?? { width: 64, height: 64 }
      const content = pictureOf({ ...size, rgb: COLOURS[colour] ?? [120, 120, 120] })
      const mediaSha256 = createHash('sha256').update(content).digest('hex')
      const seenMs = nowMs - (n * 7 + seq) * MINUTE_MS
      await storeMedia(db, {
        tenantId: DEFAULT_TENANT,
        deviceId: at,
        sha256: mediaSha256,
        contentType: 'image/png',
        ...size,
        content,
      })
      await seedSighting(db, {
        deviceId: at,
        epoch,
        seq: seq++,
        vector: wordVector(words),
        ...seen(words, colour, seenMs),
        mediaSha256,
      })
    }
  const unsynced = sightingOf({
    ...seen('a red car, large, at the gate', 'red', nowMs - MINUTE_MS),
    id: randomUUID(),
    vectorHash: vectorHashOf(wordVector('a red car, large, at the gate')),
    sourceName: 'Drive',
  })
  const memory = {
    sources: [sourceOf('North door')],
    jobs: [],
    unsynced: [],
    beforeSearch: () => Promise.resolve(),
  }
  devices.set(YARD, { ...memory, jobs: [jobOf('delivery.mp4', 'red car')] })
  devices.set(GATE, {
    ...memory,
    sources: [sourceOf('Drive')],
    unsynced: [{ sighting: unsynced, similarity: 0.97 }],
  })
  const seeded: SeededFleet = {
    async beat() {
      await db.query(
        `UPDATE devices SET last_status_at = now() + interval '30 s', last_hello_at = now(), presence_at = now()
         WHERE presence = 'online'`,
        [],
      )
      await db.query(
        `UPDATE devices SET presence_at = now() - interval '2 hours', last_hello_at = now() - interval '2 hours'
         WHERE presence = 'offline'`,
        [],
      )
    },
  }
  await seeded.beat()
  return seeded
}

function statusAt(maxSeq: number, ackedHwm: number) {
  const behind = maxSeq - ackedHwm
  return {
    ...deviceStatus({
      maxSeq,
      ackedHwm,
      backlogEntries: behind,
      backlogBytes: behind * 900,
      oldestUnackedMs: behind > 0 ? Date.now() - 3 * MINUTE_MS : null,
    }),
    wallMs: Date.now(),
    disk: { usedBytes: 12e9, freeBytes: 51e9, paused: false },
  }
}

const WORDS = [
  'a red car, large, by the gate',
  'a blue car, medium, in the middle',
  'a person in red, small, walking left',
  'a white truck, large, standing still',
  'a person in green, medium, on the right',
  'a bicycle, small, crossing',
]

function seen(words: string, colour: string, seenMs: number): Partial<Sighting> & { spaceId: string } {
  const label = LABELS.find((one) => words.includes(one)) ?? 'person'
  return {
    spaceId: WORD_SPACE.spaceId,
    sourceName: 'North door',
    label,
    description: words,
    attributes: {
      colours: [{ name: colour, share: 0.62 }],
      size: 'medium',
      place: 'centre',
      movement: 'left',
    },
    firstSeenMs: seenMs - 4_000,
    lastSeenMs: seenMs,
  }
}

function sourceOf(name: string) {
  return {
    id: SOURCE_ID,
    version: 1,
    name,
    kind: 'rtsp' as const,
    uri: 'rtsp://camera/1',
    prompts: ['red car'],
    detectFps: 5,
    enabled: true,
    state: 'running' as const,
    stateDetail: '',
  }
}
