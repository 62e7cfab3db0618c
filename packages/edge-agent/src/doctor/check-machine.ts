// What the device stands on: versions, clock, temperature and throttling, from the files that the kernel and L4T keep.
import { access, readFile, readdir } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'
import { failure, ok, warning, type Check, type Finding } from './finding.ts'

/** The runtime that the product is built and tested on. */
const NODE_MIN_MAJOR = 24
/** Before this the product did not exist: a clock that says so was never set. */
const CLOCK_FLOOR_MS = Date.UTC(2026, 0, 1)
/** Degrees at which Orin modules come close to throttling (software limits from 95 on). */
const HOT_C = 85

export interface MachineDeps {
  /** Empty on a device; tests look at a folder of files in the real format. */
  root: string
  agentVersion: string
  nowMs: () => number
}

export const checkVersions =
  ({ root, agentVersion }: MachineDeps): Check =>
  async () => {
    const l4t = /^# (R\d+) \(release\), REVISION: ([\d.]+)/.exec(
      await text(join(root, 'etc/nv_tegra_release')),
    )
    const board = (await text(join(root, 'proc/device-tree/model'))).replaceAll('\0', '')
    const parts = [
      `agent ${agentVersion}`,
      `Node ${process.versions.node}`,
      `kernel ${release()}`,
      l4t ? `L4T ${l4t[1]}.${l4t[2]}` : 'no L4T',
      board || 'no Jetson module',
    ]
    const detail = parts.join(', ')
    return Number(process.versions.node.split('.')[0]) >= NODE_MIN_MAJOR
      ? [ok('versions', detail)]
      : [
          failure(
            'versions',
            detail,
            `Node ${NODE_MIN_MAJOR} is needed: run install_jetson.sh, which brings it.`,
          ),
        ]
  }

export const checkClock =
  ({ root, nowMs }: MachineDeps): Check =>
  async () => {
    const now = new Date(nowMs()).toISOString()
    if (nowMs() < CLOCK_FLOOR_MS)
      return [
        failure(
          'clock',
          `the clock says ${now}`,
          'Set the time (timedatectl set-ntp true): certificates and the times of sightings depend on it.',
        ),
      ]
    // systemd-timesyncd leaves this file when it has set the clock; chrony and others do not.
    const isSynced = await exists(join(root, 'run/systemd/timesync/synchronized'))
    const others = await Promise.all(['run/chrony', 'run/ntpd.pid'].map((path) => exists(join(root, path))))
    return isSynced || others.some(Boolean)
      ? [ok('clock', `${now}, set by the network`)]
      : [
          warning(
            'clock',
            `${now}, and nothing shows that the network set it`,
            'timedatectl set-ntp true, or let chrony keep the time.',
          ),
        ]
  }

export const checkTemperature =
  ({ root }: MachineDeps): Check =>
  async () => {
    const zones = await readZones(root)
    const throttled = await readThrottleCounts(root)
    const findings: Finding[] = []
    const [hottest] = zones.toSorted((a, b) => b.celsius - a.celsius)
    if (!hottest) findings.push(ok('temperature', 'this machine tells no temperature'))
    else {
      const detail = `${hottest.name} is at ${hottest.celsius.toFixed(0)} °C, the hottest of ${zones.length} zones`
      findings.push(
        hottest.celsius < HOT_C
          ? ok('temperature', detail)
          : warning(
              'temperature',
              detail,
              'Let air to the heat sink, set the fan to cool, or choose a lower power mode (nvpmodel -m).',
            ),
      )
    }
    const counted = throttled.filter(({ events }) => events > 0)
    if (counted.length > 0)
      findings.push(
        warning(
          'throttling',
          `throttled since the start of the machine: ${counted.map(({ name, events }) => `${name} ${events} times`).join(', ')}`,
          'The supply is too weak or the module too hot: use the supply that NVIDIA names for it, or a lower power mode.',
        ),
      )
    return findings
  }

async function readZones(root: string): Promise<{ name: string; celsius: number }[]> {
  const base = join(root, 'sys/class/thermal')
  const names = (await namesIn(base)).filter((name) => name.startsWith('thermal_zone'))
  const zones = await Promise.all(
    names.map(async (name) => ({
      name: (await text(join(base, name, 'type'))).trim() || name,
      // Zones of parts that are switched off cannot be read, or give nonsense below the freezing point of everything.
      celsius: Number.parseInt(await text(join(base, name, 'temp')), 10) / 1_000,
    })),
  )
  return zones.filter(({ celsius }) => Number.isFinite(celsius) && celsius > -100)
}

/** Jetson's over-current counters: hwmon N/oc1_event_cnt and its siblings. */
async function readThrottleCounts(root: string): Promise<{ name: string; events: number }[]> {
  const base = join(root, 'sys/class/hwmon')
  const counts: { name: string; events: number }[] = []
  for (const monitor of await namesIn(base)) {
    for (const file of (await namesIn(join(base, monitor))).filter((name) => /^oc\d+_event_cnt$/.test(name)))
      counts.push({
        name: file.replace('_event_cnt', ''),
        events: Number.parseInt(await text(join(base, monitor, file)), 10) || 0,
      })
  }
  return counts
}

const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')
const namesIn = (path: string): Promise<string[]> => readdir(path).catch(() => [])
const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
