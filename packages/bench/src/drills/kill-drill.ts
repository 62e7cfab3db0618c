// SIGKILL for device and centre, many times in the middle of work; then both sides must have the same, once.
import type { Random } from '@sam3-fleet/shared/time/random'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { compareSides, type Comparison } from './compare-sides.ts'
import { addSource, isAtWork, readStats, type DrillStats } from './drill-device.ts'
import { startFleetOfOne, type FleetOfOne, type Stack } from './fleet-of-one.ts'
import { readAckedMark } from './read-device.ts'
import { createSeededRandom } from './seeded-random.ts'
import { createResendTally, type ResendTally } from './resend-tally.ts'
import { spreadOf, type Spread } from './spread.ts'

/** Milliseconds of work between a recovery and the next kill. */
const PAUSE_MIN_MS = 1_000
const PAUSE_SPREAD_MS = 3_000
const SETTLE_DEADLINE_MS = 10 * 60_000
const RECOVER_DEADLINE_MS = 90_000
const WORK_DEADLINE_MS = 60_000
const POLL_MS = 50

export interface KillDrillOptions {
  packagesDir: string
  stack: Stack
  /** Of each side. */
  kills: number
  /** Decides the moments of the kills. */
  seed: number
  onStep: (text: string) => void
}

/** What one kill cost, in milliseconds after the new process was started. */
interface Recovery {
  part: 'device' | 'centre'
  readyMs: number
  /** Until the device recorded an ack of something new. */
  firstNewAckMs: number
  /** Entries that were not acked when the process died. */
  backlogAtKill: number
}

export interface KillDrillResult {
  stack: Stack
  seed: number
  killsOfDevice: number
  killsOfCentre: number
  killsWithUnackedEntries: number
  restartToReadyS: Record<Recovery['part'], Spread>
  restartToFirstNewAckS: Record<Recovery['part'], Spread>
  /** Counted by the device; a life that was killed takes what it counted after the last look with it. */
  resentBatchesAtLeast: number
  wallS: number
  comparison: Comparison
}

export async function runKillDrill(options: KillDrillOptions): Promise<KillDrillResult> {
  const startedMs = systemClock.monotonicMs()
  const random = createSeededRandom(options.seed)
  await using fleet = await startFleetOfOne(options)
  const resends = createResendTally()
  const recoveries: Recovery[] = []
  let sources = 0
  for (let n = 1; n <= options.kills; n++) {
    for (const part of ['device', 'centre'] as const) {
      sources += await ensureWork(fleet, sources)
      await workOn(random, fleet, resends)
      const recovery = await killOnce(fleet, part, resends)
      recoveries.push(recovery)
      options.onStep(
        `kill ${n} of the ${part} with ${recovery.backlogAtKill} entries under way: ready after ${recovery.readyMs} ms, new ack after ${recovery.firstNewAckMs} ms`,
      )
    }
  }
  options.onStep('waiting until everything is worked through and acked')
  await waitUntil('all clips to be worked through and synced', () => isSettled(fleet, resends), {
    deadlineMs: SETTLE_DEADLINE_MS,
    intervalMs: 500,
  })
  await fleet.device.stop()
  await fleet.centre.stop()
  const each = (field: 'readyMs' | 'firstNewAckMs', part: Recovery['part']): Spread =>
    spreadOf(recoveries.filter((one) => one.part === part).map((one) => one[field]))
  return {
    stack: options.stack,
    seed: options.seed,
    killsOfDevice: options.kills,
    killsOfCentre: options.kills,
    killsWithUnackedEntries: recoveries.filter((one) => one.backlogAtKill > 0).length,
    restartToReadyS: { device: each('readyMs', 'device'), centre: each('readyMs', 'centre') },
    restartToFirstNewAckS: {
      device: each('firstNewAckMs', 'device'),
      centre: each('firstNewAckMs', 'centre'),
    },
    resentBatchesAtLeast: resends.total(),
    wallS: Math.round((systemClock.monotonicMs() - startedMs) / 100) / 10,
    comparison: await compareSides(fleet, sources),
  }
}

/** Adds the next clip when all that is there is worked through. @returns how many were added */
async function ensureWork(fleet: FleetOfOne, sources: number): Promise<number> {
  const stats = await statsOf(fleet)
  if (stats.sources.some(isAtWork)) return 0
  const clip = sources === 1 ? ('bikes.mp4' as const) : ('vtest.avi' as const)
  await addSource(fleet.deviceUrl, { name: `clip ${sources + 1} (${clip})`, uri: clipPath(clip) })
  const before = stats.totals.detections
  await waitUntil(
    'the clip to bring something',
    async () => (await statsOf(fleet)).totals.detections > before,
    {
      deadlineMs: WORK_DEADLINE_MS,
      intervalMs: POLL_MS,
    },
  )
  return 1
}

/** Lets it work until a drawn moment, and keeps an eye on what it sends again. */
async function workOn(random: Random, fleet: FleetOfOne, resends: ResendTally): Promise<void> {
  const untilMs = systemClock.monotonicMs() + PAUSE_MIN_MS + random() * PAUSE_SPREAD_MS
  while (systemClock.monotonicMs() < untilMs) {
    resends.see(await readStats(fleet.deviceUrl))
    await systemClock.sleep(Math.min(POLL_MS, Math.max(0, untilMs - systemClock.monotonicMs())))
  }
}

async function killOnce(fleet: FleetOfOne, part: Recovery['part'], resends: ResendTally): Promise<Recovery> {
  const atKill = await statsOf(fleet)
  resends.see(atKill)
  await fleet[part].kill()
  if (part === 'device') resends.endLife()
  const acked = part === 'device' ? readAckedMark(fleet.devicePath) : (await statsOf(fleet)).sync.ackedHwm
  const startedMs = systemClock.monotonicMs()
  await fleet[part].start()
  const readyMs = Math.round(systemClock.monotonicMs() - startedMs)
  await waitUntil(
    'a new ack',
    async () => {
      const stats = await readStats(fleet.deviceUrl)
      resends.see(stats)
      return stats !== null && stats.sync.ackedHwm > acked
    },
    { deadlineMs: RECOVER_DEADLINE_MS, intervalMs: POLL_MS },
  )
  return {
    part,
    readyMs,
    firstNewAckMs: Math.round(systemClock.monotonicMs() - startedMs),
    backlogAtKill: atKill.sync.backlogEntries,
  }
}

async function isSettled(fleet: FleetOfOne, resends: ResendTally): Promise<boolean> {
  const stats = await readStats(fleet.deviceUrl)
  resends.see(stats)
  if (!stats || stats.sources.some(isAtWork)) return false
  return stats.sync.backlogEntries === 0 && stats.sync.ackedHwm === stats.sync.maxSeq
}

async function statsOf(fleet: FleetOfOne): Promise<DrillStats> {
  return waitUntil('the device to answer', () => readStats(fleet.deviceUrl), { intervalMs: POLL_MS })
}
