// SIGKILL for device and centre, many times in the middle of work; then both sides must have the same, once, and no
// other things than a device finds that nothing happens to.
import { must } from '@sam3-fleet/shared/errors/fleet-error'
import type { Random } from '@sam3-fleet/shared/time/random'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { clipPath, type ClipName } from '@sam3-fleet/test-kit/media'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { compareSides, type Comparison } from './compare-sides.ts'
import { addSource, isAtWork, readStats, type DrillStats } from './drill-device.ts'
import { startFleetOfOne, type FleetOfOne, type Stack } from './fleet-of-one.ts'
import { readAckedMark, type VideoWork } from './read-device.ts'
import { createSeededRandom } from './seeded-random.ts'
import { createLifeTally, type LifeTally } from './life-tally.ts'
import { spreadOf, type Spread } from './spread.ts'
import { workUndisturbed } from './work-undisturbed.ts'

/** Milliseconds of work between a recovery and the next kill. */
const PAUSE_MIN_MS = 1_000
const PAUSE_SPREAD_MS = 3_000
const SETTLE_DEADLINE_MS = 10 * 60_000
const RECOVER_DEADLINE_MS = 90_000
/** One may end in the middle of a kill; the other goes on. */
const SOURCES_AT_WORK = 2
const POLL_MS = 50
/** Looks a second: every second frame of one clip, every fifth of the other. */
const DETECT_FPS = 5
const CLIPS_AT_WORK: readonly ClipName[] = ['vtest.avi', 'bikes.mp4']

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
  /** Counted by the device, more than `entries` when some went twice; a life that was killed takes what it counted after the last look with it. */
  entriesSentAtLeast: number
  wallS: number
  /** What each clip has without a kill. */
  undisturbed: Record<string, VideoWork>
  comparison: Comparison
}

export async function runKillDrill(options: KillDrillOptions): Promise<KillDrillResult> {
  const startedMs = systemClock.monotonicMs()
  const random = createSeededRandom(options.seed)
  const undisturbed = await workUndisturbed({ ...options, clips: CLIPS_AT_WORK, detectFps: DETECT_FPS })
  await using fleet = await startFleetOfOne(options)
  const sent = createLifeTally((stats) => stats.sync.sentEntries)
  const recoveries: Recovery[] = []
  let sources = 0
  for (let n = 1; n <= options.kills; n++) {
    for (const part of ['device', 'centre'] as const) {
      sources = await ensureWork(fleet)
      await workOn(random, fleet, sent)
      if (n % 2 === 0) await catchUnacked(fleet)
      const recovery = await killOnce(fleet, part, sent)
      recoveries.push(recovery)
      options.onStep(
        `kill ${n} of the ${part} with ${recovery.backlogAtKill} entries under way: ready after ${recovery.readyMs} ms, new ack after ${recovery.firstNewAckMs} ms`,
      )
    }
  }
  options.onStep('waiting until everything is worked through and acked')
  await waitUntil('all clips to be worked through and synced', () => isSettled(fleet, sent), {
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
    entriesSentAtLeast: sent.total(),
    wallS: Math.round((systemClock.monotonicMs() - startedMs) / 100) / 10,
    undisturbed: Object.fromEntries(undisturbed),
    comparison: await compareSides(fleet, expectedWork(sources, undisturbed)),
  }
}

/** Adds clips until enough are at work. @returns how many sources there are now */
async function ensureWork(fleet: FleetOfOne): Promise<number> {
  const { sources } = await statsOf(fleet)
  const missing = SOURCES_AT_WORK - sources.filter(isAtWork).length
  for (let n = 0; n < missing; n++) {
    const number = sources.length + n + 1
    const clip = clipOf(number)
    await addSource(fleet.deviceUrl, {
      name: sourceName(number),
      uri: clipPath(clip),
      detect_fps: DETECT_FPS,
    })
  }
  return sources.length + Math.max(0, missing)
}

function clipOf(number: number): ClipName {
  return number === 2 ? 'bikes.mp4' : 'vtest.avi'
}

function sourceName(number: number): string {
  return `clip ${number} (${clipOf(number)})`
}

/** What each source must have at the end: what its clip has on a device that nothing happens to. */
function expectedWork(
  sources: number,
  undisturbed: ReadonlyMap<ClipName, VideoWork>,
): Map<string, VideoWork> {
  return new Map(
    Array.from({ length: sources }, (_, n) => [
      sourceName(n + 1),
      must(undisturbed.get(clipOf(n + 1)), `undisturbed work on ${clipOf(n + 1)}`),
    ]),
  )
}

/** Lets it work until a drawn moment, and keeps an eye on what it sends again. */
async function workOn(random: Random, fleet: FleetOfOne, sent: LifeTally): Promise<void> {
  const untilMs = systemClock.monotonicMs() + PAUSE_MIN_MS + random() * PAUSE_SPREAD_MS
  while (systemClock.monotonicMs() < untilMs) {
    sent.see(await readStats(fleet.deviceUrl))
    await systemClock.sleep(Math.min(POLL_MS, Math.max(0, untilMs - systemClock.monotonicMs())))
  }
}

/** Goes on at a moment at which something is sent and not yet acked, when one comes soon. */
async function catchUnacked(fleet: FleetOfOne): Promise<void> {
  const untilMs = systemClock.monotonicMs() + PAUSE_SPREAD_MS
  while (systemClock.monotonicMs() < untilMs) {
    const stats = await readStats(fleet.deviceUrl)
    if (stats && stats.sync.backlogEntries > 0) return
  }
}

async function killOnce(fleet: FleetOfOne, part: Recovery['part'], sent: LifeTally): Promise<Recovery> {
  const atKill = await statsOf(fleet)
  sent.see(atKill)
  await fleet[part].kill()
  if (part === 'device') sent.endLife()
  const acked = part === 'device' ? readAckedMark(fleet.devicePath) : (await statsOf(fleet)).sync.ackedHwm
  const startedMs = systemClock.monotonicMs()
  await fleet[part].start()
  const readyMs = Math.round(systemClock.monotonicMs() - startedMs)
  await waitUntil(
    'a new ack',
    async () => {
      const stats = await readStats(fleet.deviceUrl)
      sent.see(stats)
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

async function isSettled(fleet: FleetOfOne, sent: LifeTally): Promise<boolean> {
  const stats = await readStats(fleet.deviceUrl)
  sent.see(stats)
  if (!stats || stats.sources.some(isAtWork)) return false
  return stats.sync.backlogEntries === 0 && stats.sync.ackedHwm === stats.sync.maxSeq
}

async function statsOf(fleet: FleetOfOne): Promise<DrillStats> {
  return waitUntil('the device to answer', () => readStats(fleet.deviceUrl), { intervalMs: POLL_MS })
}
