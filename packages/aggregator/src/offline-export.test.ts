import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { ImportReport } from '@sam3-fleet/shared/fleet/import-report'
import { formOf, jobEnded, startTestAgent, type TestAgent } from '@sam3-fleet/edge-agent/testing/test-agent'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { createAggregator } from './aggregator.ts'
import { readCentreConfig } from './config/centre-config.ts'

/** The operator's program as people start it: a process of its own. */
const PACKAGES = fileURLToPath(new URL('../..', import.meta.url))
const FLEET = join(PACKAGES, 'fleet-cli', 'src', 'main.ts')
const TOKEN = 'token-of-the-administrator'
/** Milliseconds for a centre, three lives of a device and two runs of the program, one after the other. */
const WHOLE_WAY_MS = 600_000

interface Stats {
  sync: { maxSeq: number; ackedHwm: number; backlogEntries: number }
  totals: { sightings: number }
}

const statsOf = async (agent: TestAgent): Promise<Stats> => (await agent.ask<Stats & object>('/stats')).body

async function fleetImport(
  file: string,
  centreUrl: string,
): Promise<{ report: ImportReport; error: unknown }> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=source', FLEET, 'import', '--json', '--centre', centreUrl, file],
    { env: { ...process.env, FLEET_ADMIN_TOKEN: TOKEN } },
  )
  return JSON.parse(stdout) as { report: ImportReport; error: unknown }
}

test(
  'what a device saw while nothing reached it is searched in the centre by a file, and the device hears of it',
  { timeout: WHOLE_WAY_MS },
  async () => {
    await using stack = new AsyncDisposableStack()
    const dir = stack.use(await createTempDir('offline-export'))
    const centre = await createAggregator(
      readCentreConfig({
        FLEET_DATA_DIR: join(dir.path, 'centre'),
        FLEET_ADMIN_TOKEN: TOKEN,
        FLEET_LOG_LEVEL: 'error',
        FLEET_MQTT_PORT: '0',
        PORT: '0',
      }),
    )
    const stop = new AbortController()
    const running = centre.run(stop.signal)
    stack.defer(async () => {
      stop.abort(new Error('the test is over'))
      await running
    })
    const ask = async <T>(procedure: string, input: unknown): Promise<T> => {
      const response = await fetch(`${centre.url}/api/v1/${procedure}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify(input),
      })
      expect(response.status).toBe(200)
      return (await response.json()) as T
    }
    const sightingsHere = async (): Promise<number> =>
      (await ask<{ total: { sightings: number } }>('objects.summary', {})).total.sightings

    const offline = { FLEET_DATA_DIR: join(dir.path, 'device') }
    const online = { ...offline, FLEET_MQTT_URL: centre.mqttUrl }
    {
      await using device = await startTestAgent(online)
      await waitUntil(
        'the centre to know the device',
        async () => (await ask<{ devices: unknown[] }>('devices.list', {})).devices.length === 1,
      )
      expect(await statsOf(device)).toMatchObject({ totals: { sightings: 0 } })
    }

    const file = join(dir.path, 'gate.fleet')
    let seen: Stats
    {
      await using device = await startTestAgent(offline)
      const { body } = await device.ask<{ job_id: string }>(
        '/api/v1/detect',
        await formOf('file', clipPath('bikes.mp4')),
      )
      expect(await jobEnded(device, body.job_id)).toMatchObject({ status: 'completed' })
      const exported = await fetch(`${device.url}/api/v1/export?format=fleet`)
      await writeFile(file, Buffer.from(await exported.arrayBuffer()))
      seen = await statsOf(device)
    }
    const { maxSeq } = seen.sync
    expect(seen.totals.sightings).toBeGreaterThan(0)

    expect(await fleetImport(file, centre.url)).toMatchObject({
      error: null,
      report: { deviceId: 'gate-0001', newEntries: maxSeq, setAsideEntries: 0, hwm: maxSeq },
    })
    expect(await sightingsHere()).toBe(seen.totals.sightings)
    const again = await fleetImport(file, centre.url)
    expect(again.report).toMatchObject({ newEntries: 0, knownEntries: maxSeq, hwm: maxSeq })
    const { results } = await ask<{ results: { deviceId: string; media: string | null }[] }>('search.find', {
      q: 'bicycle',
      limit: 5,
      filters: {},
    })
    expect(results[0]).toMatchObject({ deviceId: 'gate-0001' })

    await using device = await startTestAgent(online)
    await waitUntil('the device to hear that all is settled', async () => {
      const { sync } = await statsOf(device)
      return sync.ackedHwm === maxSeq && sync.backlogEntries === 0
    })
    expect(await sightingsHere()).toBe(seen.totals.sightings)
  },
)
