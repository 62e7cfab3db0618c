// npm run demo: a whole fleet on this machine, on real video, with embedded defaults. See `--help`.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError } from 'commander'
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { createCentreClient } from './centre-client.ts'
import { checkDemo } from './check.ts'
import { demoDevices } from './clips.ts'
import { DemoFleet } from './demo-fleet.ts'
import { fixedPorts, freePorts } from './ports.ts'
import { FIRST_QUERY } from './queries.ts'
import { readProgress } from './work-progress.ts'

/** More devices than this share two cores badly. */
const DEVICES_MAX = 16
const PROGRESS_INTERVAL_MS = 2_000

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
const print = (line: string): void => void process.stdout.write(`${line}\n`)

const options = new Command('demo')
  .description('Starts broker, centre, console and devices, each device on a real clip of its own.')
  .option('--video <path-or-rtsp>', 'adds a device that watches your own video')
  .option('--devices <n>', 'how many devices', parseCount, 3)
  .option('--fresh', 'forgets what an earlier demo found', false)
  .option('--any-ports', 'uses free ports instead of the fixed ones', false)
  .option('--check', 'headless: waits for the clips, asks ten questions, pulls a plug, asks again', false)
  .parse()
  .opts<{ video?: string; devices: number; fresh: boolean; anyPorts: boolean; check: boolean }>()

function parseCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > DEVICES_MAX)
    throw new InvalidArgumentError(`a number from 1 to ${DEVICES_MAX}`)
  return count
}

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort(new Error('stopped')))

const dataDir = options.check
  ? await mkdtemp(join(tmpdir(), 'sam3-fleet-check-'))
  : join(repository, '.data', 'demo')
if (options.fresh) await rm(dataDir, { recursive: true, force: true })

let fleet: DemoFleet | null = null
try {
  const devices = demoDevices({
    mediaDir: join(repository, '.cache', 'media'),
    count: options.devices,
    video: options.video ?? null,
  })
  const ports = await (options.check || options.anyPorts
    ? freePorts(devices.length)
    : fixedPorts(devices.length))
  fleet = new DemoFleet({
    packagesDir: join(repository, 'packages'),
    dataDir,
    devices,
    ports,
    withConsole: !options.check,
    onStep: print,
  })
  await fleet.start(stop.signal)
  process.exitCode = options.check ? await check(fleet) : await show(fleet)
} catch (thrown) {
  if (!stop.signal.aborted) {
    const error = toFleetError(thrown)
    process.stderr.write(`\n${error.message}\n${error.hint}\n`)
    process.exitCode = 1
  }
} finally {
  await fleet?.stop()
  if (options.check && process.exitCode === 0) await rm(dataDir, { recursive: true, force: true })
  print('all stopped')
}

async function check(running: DemoFleet): Promise<number> {
  const centre = createCentreClient(running.centreUrl)
  const faults = await checkDemo({ fleet: running, centre, signal: stop.signal, print })
  if (faults.length === 0) {
    print('\nEvery answer and every coverage line is right.')
    return 0
  }
  print(
    `\n${faults.length} wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}\nLogs: ${join(dataDir, 'logs')}`,
  )
  return 1
}

async function show(running: DemoFleet): Promise<number> {
  const question = new URL('/search', running.consoleUrl)
  question.searchParams.set('q', FIRST_QUERY)
  print(`
  Console   ${running.consoleUrl}
  Ask first ${question.href}
  Sync      ${running.consoleUrl}/sync
  Centre    ${running.centreUrl}/healthz
${running.devices.map((device) => `  ${device.name.padEnd(10)}${device.client.url}/health`).join('\n')}
  Logs      ${join(dataDir, 'logs')}

Ctrl-C stops everything. What was found stays in ${dataDir} for the next start (--fresh forgets it).
`)
  const centre = createCentreClient(running.centreUrl)
  let last = ''
  while (!stop.signal.aborted) {
    running.assertRunning()
    const progress = await readProgress(running.devices, centre)
    if (progress.line !== last) print(progress.line)
    if (progress.done && last !== progress.line) print('All clips are worked through and synced.')
    last = progress.line
    await systemClock.sleep(PROGRESS_INTERVAL_MS, stop.signal).catch(() => undefined)
  }
  return 0
}
