// `--check`: waits until the clips are worked through, asks the ten questions, pulls the plug of one device, asks
// again, and says what was wrong. Needs no console and no person.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Coverage } from '@sam3-fleet/shared/search/find'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import type { CentreClient } from './centre-client.ts'
import type { DemoFleet } from './demo-fleet.ts'
import { judgeAnswer, type Verdict } from './judge-answer.ts'
import { DEMO_QUERIES } from './queries.ts'
import { readProgress } from './work-progress.ts'

/** Milliseconds for all clips on a slow machine. */
const WORK_TIMEOUT_MS = 15 * 60_000
/** Milliseconds in which a lost device must show as offline. */
const OFFLINE_TIMEOUT_MS = 5_000
const POLL_MS = 500

export interface CheckOptions {
  fleet: DemoFleet
  centre: CentreClient
  signal: AbortSignal
  print: (line: string) => void
}

/** @returns what was wrong; empty when all is well. */
export async function checkDemo(options: CheckOptions): Promise<string[]> {
  const { fleet, print } = options
  await waitUntilWorked(options)

  const faults: string[] = []
  print('\nTen questions, all devices online:')
  faults.push(...(await askAll(options)))
  faults.push(...(await coverageFaults(options, null)))

  const lost = fleet.devices[0]
  if (!lost) return faults
  print(`\nPulling the plug of ${lost.name} ...`)
  await lost.child.kill()
  const offlineMs = await waitUntilOffline(options, lost.deviceId)
  print(`${lost.name} shows as offline after ${(offlineMs / 1000).toFixed(1)} s. The same questions again:`)
  faults.push(...(await askAll(options)))
  faults.push(...(await coverageFaults(options, lost.deviceId)))
  return faults
}

async function waitUntilWorked({ fleet, centre, signal, print }: CheckOptions): Promise<void> {
  const startedMs = systemClock.monotonicMs()
  let last = ''
  for (;;) {
    fleet.assertRunning()
    const progress = await readProgress(fleet.devices, centre)
    if (progress.failed.length > 0) throw new FleetError('SOURCE_UNAVAILABLE', progress.failed.join('; '))
    if (progress.line !== last) print(progress.line)
    last = progress.line
    if (progress.done) return
    if (systemClock.monotonicMs() - startedMs > WORK_TIMEOUT_MS) {
      throw new FleetError('DEADLINE_EXCEEDED', `the clips were not done in time: ${progress.line}`)
    }
    await systemClock.sleep(POLL_MS, signal)
  }
}

async function askAll({ centre, print }: CheckOptions): Promise<string[]> {
  const verdicts: Verdict[] = []
  for (const query of DEMO_QUERIES) {
    verdicts.push(judgeAnswer(query, await centre.search.find.query({ q: query.q, limit: 20, filters: {} })))
  }
  for (const verdict of verdicts) {
    print(
      `  ${verdict.right ? 'right' : 'WRONG'}  ${verdict.q.padEnd(26)} ${verdict.rank === null ? '-' : `#${verdict.rank}`}  ${verdict.why}`,
    )
  }
  return verdicts.filter((verdict) => !verdict.right).map((verdict) => `"${verdict.q}": ${verdict.why}`)
}

async function coverageFaults(
  { fleet, centre, print }: CheckOptions,
  lostId: string | null,
): Promise<string[]> {
  const { coverage } = await centre.search.find.query({ q: 'person', limit: 1, filters: {} })
  for (const row of coverage)
    print(
      `  ${row.deviceName}: ${row.state}, complete to ${row.completeTo ?? 'unknown'}, ${row.behind} behind`,
    )
  return fleet.devices.flatMap((device) => {
    const row = coverage.find((candidate) => candidate.deviceId === device.deviceId)
    const wrong = coverageFault(row, device.deviceId === lostId)
    return wrong === null ? [] : [`coverage of ${device.name}: ${wrong}`]
  })
}

export function coverageFault(row: Coverage | undefined, isLost: boolean): string | null {
  if (!row) return 'it is not mentioned'
  const expected = isLost ? 'offline' : 'complete'
  if (row.state !== expected) return `it says ${row.state} where ${expected} is true`
  if (row.completeTo === null) return 'it does not say up to when it is complete'
  return row.behind === 0 ? null : `it says ${row.behind} behind though all was synced`
}

async function waitUntilOffline({ centre, signal }: CheckOptions, deviceId: string): Promise<number> {
  const startedMs = systemClock.monotonicMs()
  for (;;) {
    const { devices } = await centre.sync.status.query()
    const elapsedMs = systemClock.monotonicMs() - startedMs
    if (devices.find((device) => device.deviceId === deviceId)?.presence === 'offline') return elapsedMs
    if (elapsedMs > OFFLINE_TIMEOUT_MS) {
      throw new FleetError(
        'DEADLINE_EXCEEDED',
        `the lost device does not show as offline after ${OFFLINE_TIMEOUT_MS / 1000} s`,
      )
    }
    await systemClock.sleep(POLL_MS / 5, signal)
  }
}
