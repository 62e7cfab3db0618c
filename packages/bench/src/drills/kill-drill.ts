// SIGKILL for device and centre, many times in the middle of work; then both sides must have the same, once.
import type { Random } from '@sam3-fleet/shared/time/random'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { compareSides, type Comparison } from './compare-sides.ts'
import { addSource, readStats } from './drill-device.ts'
import { startFleetOfOne, type FleetOfOne, type Part, type Stack } from './fleet-of-one.ts'

/** Milliseconds of work between two kills. */
const PAUSE_MIN_MS = 800
const PAUSE_SPREAD_MS = 2_000
const SETTLE_DEADLINE_MS = 10 * 60_000
const RECOVER_DEADLINE_MS = 60_000

export interface KillDrillOptions {
  packagesDir: string
  stack: Stack
  /** Of each side. */
  kills: number
  random: Random
  onStep: (text: string) => void
}

export interface KillDrillResult {
  stack: Stack
  killsOfDevice: number
  killsOfCentre: number
  /** From the kill until the device's mark moved again or nothing was left to send. */
  recoverS: { median: number; max: number }
  wallS: number
  comparison: Comparison
}

export async function runKillDrill(options: KillDrillOptions): Promise<KillDrillResult> {
  const startedMs = systemClock.monotonicMs()
  await using fleet = await startFleetOfOne(options)
  // More work than the kills can interrupt: they must fall into the middle.
  await addSource(fleet.deviceUrl, { name: 'street from above', uri: clipPath('vtest.avi') })
  await addSource(fleet.deviceUrl, { name: 'street corner', uri: clipPath('bikes.mp4') })
  const recoverMs: number[] = []
  for (let n = 1; n <= options.kills; n++) {
    for (const part of [fleet.device, fleet.centre]) {
      await systemClock.sleep(PAUSE_MIN_MS + options.random() * PAUSE_SPREAD_MS)
      recoverMs.push(await killOnce(fleet, part))
      options.onStep(
        `kill ${n} of the ${part.name}: back after ${((recoverMs.at(-1) ?? 0) / 1_000).toFixed(1)} s`,
      )
    }
    if (n % 4 === 0)
      await addSource(fleet.deviceUrl, { name: `street from above ${n}`, uri: clipPath('vtest.avi') })
  }
  await waitUntil('all clips to be worked through and synced', () => isSettled(fleet), {
    deadlineMs: SETTLE_DEADLINE_MS,
    intervalMs: 500,
  })
  await fleet.device.stop()
  await fleet.centre.stop()
  recoverMs.sort((a, b) => a - b)
  const seconds = (ms: number | undefined): number => Math.round((ms ?? 0) / 100) / 10
  return {
    stack: options.stack,
    killsOfDevice: options.kills,
    killsOfCentre: options.kills,
    recoverS: {
      median: seconds(recoverMs[Math.floor(recoverMs.length / 2)]),
      max: seconds(recoverMs.at(-1)),
    },
    wallS: seconds(systemClock.monotonicMs() - startedMs),
    comparison: await compareSides(fleet),
  }
}

async function killOnce(fleet: FleetOfOne, part: Part): Promise<number> {
  const before = (await readStats(fleet.deviceUrl))?.sync.ackedHwm ?? 0
  const startedMs = systemClock.monotonicMs()
  await part.killAndStart()
  await waitUntil(
    'sync to go on',
    async () => {
      const stats = await readStats(fleet.deviceUrl)
      return (
        stats !== null &&
        (stats.sync.ackedHwm > before || (stats.sync.backlogEntries === 0 && stats.sync.maxSeq > 0))
      )
    },
    { deadlineMs: RECOVER_DEADLINE_MS, intervalMs: 100 },
  )
  return systemClock.monotonicMs() - startedMs
}

async function isSettled(fleet: FleetOfOne): Promise<boolean> {
  const stats = await readStats(fleet.deviceUrl)
  if (!stats) return false
  const worked = stats.sources.every((source) => source.state === 'finished' || source.state === 'failed')
  return worked && stats.sync.backlogEntries === 0 && stats.sync.ackedHwm === stats.sync.maxSeq
}
