// Starts a whole fleet on this machine: centre with its embedded broker and database, console, and the devices. Stops
// them in order: first those that take in, then those that serve them.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { Child } from './child.ts'
import type { DemoDevice } from './clips.ts'
import { DeviceClient } from './device-client.ts'
import type { DemoPorts } from './ports.ts'

/** Milliseconds for all parts to answer; the first start builds the databases. */
const START_TIMEOUT_MS = 120_000
const POLL_MS = 200

export interface DemoFleetOptions {
  /** Folder of the repository's packages. */
  packagesDir: string
  dataDir: string
  devices: DemoDevice[]
  ports: DemoPorts
  withConsole: boolean
  onStep: (text: string) => void
}

export interface RunningDevice extends DemoDevice {
  client: DeviceClient
  child: Child
}

export class DemoFleet {
  readonly centreUrl: string
  readonly consoleUrl: string
  readonly devices: RunningDevice[] = []
  readonly #options: DemoFleetOptions
  #centre: Child | null = null
  #console: Child | null = null

  constructor(options: DemoFleetOptions) {
    this.#options = options
    this.centreUrl = `http://127.0.0.1:${options.ports.centre}`
    this.consoleUrl = `http://127.0.0.1:${options.ports.console}`
  }

  /** @throws FleetError when a part does not come up; its log's end is in the message. */
  async start(signal: AbortSignal): Promise<void> {
    const { devices, ports, onStep } = this.#options
    onStep('starting the centre (broker and database inside)')
    this.#centre = this.#startCentre()
    await this.#until('the centre', () => answers(`${this.centreUrl}/healthz`), signal)
    onStep(`starting ${devices.length} devices${this.#options.withConsole ? ' and the console' : ''}`)
    if (this.#options.withConsole) this.#console = this.#startConsole()
    devices.forEach((device, n) => this.devices.push(this.#startDevice(device, ports.devices[n] as number)))
    for (const device of this.devices) {
      await this.#until(`device ${device.name}`, () => device.client.isHealthy(), signal)
      await ensureSource(device)
    }
    if (this.#console) await this.#until('the console', () => answers(`${this.consoleUrl}/search`), signal)
  }

  /** @throws FleetError when a part ended by itself. */
  assertRunning(): void {
    for (const child of this.#children()) child.assertRunning()
  }

  async stop(): Promise<void> {
    await Promise.all(this.devices.map((device) => device.child.stop()))
    await this.#console?.stop()
    await this.#centre?.stop()
  }

  #children(): Child[] {
    return [this.#centre, this.#console, ...this.devices.map((device) => device.child)].filter(
      (child) => child !== null,
    )
  }

  async #until(what: string, isTrue: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
    const startedMs = systemClock.monotonicMs()
    while (!(await isTrue())) {
      this.assertRunning()
      if (systemClock.monotonicMs() - startedMs > START_TIMEOUT_MS) {
        throw new FleetError('UNAVAILABLE', `${what} did not answer within ${START_TIMEOUT_MS / 1000} s`, {
          hint: `Look into the logs in ${join(this.#options.dataDir, 'logs')}`,
        })
      }
      await systemClock.sleep(POLL_MS, signal)
    }
  }

  #startCentre(): Child {
    const { ports } = this.#options
    return this.#startChild('centre', join('aggregator', 'dist', 'main.js'), {
      PORT: String(ports.centre),
      FLEET_MQTT_PORT: String(ports.mqtt),
      FLEET_DATA_DIR: join(this.#options.dataDir, 'centre'),
    })
  }

  #startConsole(): Child {
    return this.#startChild('console', join('console', 'start.mjs'), {
      PORT: String(this.#options.ports.console),
      HOSTNAME: '127.0.0.1',
      FLEET_CENTRE_URL: this.centreUrl,
    })
  }

  #startDevice(device: DemoDevice, port: number): RunningDevice {
    const child = this.#startChild(device.deviceId, join('edge-agent', 'dist', 'main.js'), {
      API_PORT: String(port),
      FLEET_DEVICE_ID: device.deviceId,
      FLEET_DEVICE_NAME: device.name,
      FLEET_DATA_DIR: join(this.#options.dataDir, device.deviceId),
      FLEET_MQTT_URL: `mqtt://127.0.0.1:${this.#options.ports.mqtt}`,
      FLEET_CENTRE_URL: this.centreUrl,
      // One detector each: the devices of a demo share the cores of one machine.
      FLEET_DETECTOR_WORKERS: '1',
      // Each thread of the maths library and of the allocator would keep memory of its own.
      OPENBLAS_NUM_THREADS: '1',
      MALLOC_ARENA_MAX: '2',
      MALLOC_TRIM_THRESHOLD_: '131072',
      NODE_OPTIONS: '--max-semi-space-size=4',
    })
    return { ...device, client: new DeviceClient(port), child }
  }

  #startChild(name: string, script: string, env: Record<string, string>): Child {
    const path = join(this.#options.packagesDir, script)
    if (!existsSync(path)) {
      throw new FleetError('NOT_FOUND', `${script} is not built`, { hint: 'Run "npm run setup" once.' })
    }
    return new Child({ name, script: path, env, logPath: join(this.#options.dataDir, 'logs', `${name}.log`) })
  }
}

/** Adds the clip once; a later start of the same demo finds it there and goes on where it was. */
async function ensureSource(device: RunningDevice): Promise<void> {
  const known = await device.client.sources()
  if (known.some((source) => source.name === device.sourceName)) return
  await device.client.addSource({ name: device.sourceName, uri: device.uri, detect_fps: device.detectFps })
}

function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(POLL_MS * 25) }).then(
    (response) => response.ok,
    () => false,
  )
}
