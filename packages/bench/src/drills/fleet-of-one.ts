// One centre and one device as real processes on fixed ports, each of which can be killed and started again.
import { join } from 'node:path'
import { freePort } from '@sam3-fleet/test-kit/free-port'
import { startMosquitto } from '@sam3-fleet/test-kit/mosquitto'
import { startPostgres } from '@sam3-fleet/test-kit/postgres'
import { spawnService, type Service } from '@sam3-fleet/test-kit/spawn-service'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'

export const STACKS = ['embedded', 'real'] as const
export type Stack = (typeof STACKS)[number]

const READY_DEADLINE_MS = 90_000
export const DRILL_DEVICE = 'drill-0001'

/** A process that can be killed without warning and started again in place. */
export class Part {
  readonly name: string
  readonly #start: () => Promise<Service>
  #service: Service | null = null

  constructor(name: string, start: () => Promise<Service>) {
    this.name = name
    this.#start = start
  }

  async start(): Promise<void> {
    this.#service = await this.#start()
  }

  /** SIGKILL; returns when the process is gone. */
  async kill(): Promise<void> {
    await this.#service?.kill9()
    this.#service = null
  }

  async stop(): Promise<void> {
    await this.#service?.stop()
    this.#service = null
  }
}

export interface FleetOfOne extends AsyncDisposable {
  readonly centre: Part
  readonly device: Part
  readonly centreUrl: string
  readonly deviceUrl: string
  /** SQLite file of the device. */
  readonly devicePath: string
  /** How the centre's database is opened once the centre is stopped. */
  readonly centreDatabase: { url: string | null; dir: string | null }
}

export async function startFleetOfOne(options: { packagesDir: string; stack: Stack }): Promise<FleetOfOne> {
  await using starting = new AsyncDisposableStack()
  const folder = starting.use(await createTempDir('drill'))
  const [centrePort, mqttPort, devicePort] = [await freePort(), await freePort(), await freePort()]
  const centreEnv: Record<string, string> = {
    PORT: String(centrePort),
    FLEET_DATA_DIR: join(folder.path, 'centre'),
  }
  let mqttUrl = `mqtt://127.0.0.1:${mqttPort}`
  let databaseUrl: string | null = null
  if (options.stack === 'real') {
    const broker = starting.use(await startMosquitto())
    const server = starting.use(await startPostgres())
    const database = starting.use(await server.createDatabase())
    mqttUrl = broker.url
    databaseUrl = database.url
    Object.assign(centreEnv, { DATABASE_URL: database.url, FLEET_MQTT_URL: broker.url })
  } else centreEnv['FLEET_MQTT_PORT'] = String(mqttPort)

  const run = (name: string, script: string, env: Record<string, string>) =>
    new Part(name, () =>
      spawnService({
        name,
        command: process.execPath,
        args: [join(options.packagesDir, script)],
        env,
        ready: /is ready at/,
        readyDeadlineMs: READY_DEADLINE_MS,
      }),
    )
  const centre = run('centre', 'aggregator/dist/main.js', centreEnv)
  const device = run('device', 'edge-agent/dist/main.js', {
    API_PORT: String(devicePort),
    FLEET_DATA_DIR: join(folder.path, 'device'),
    FLEET_DEVICE_ID: DRILL_DEVICE,
    FLEET_MQTT_URL: mqttUrl,
    FLEET_DETECTOR_WORKERS: '1',
    OPENBLAS_NUM_THREADS: '1',
    MALLOC_ARENA_MAX: '2',
    MALLOC_TRIM_THRESHOLD_: '131072',
  })
  starting.defer(() => centre.stop())
  starting.defer(() => device.stop())
  await centre.start()
  await device.start()
  const resources = starting.move()
  return {
    centre,
    device,
    centreUrl: `http://127.0.0.1:${centrePort}`,
    deviceUrl: `http://127.0.0.1:${devicePort}`,
    devicePath: join(folder.path, 'device', 'db', 'detections.db'),
    centreDatabase: {
      url: databaseUrl,
      dir: databaseUrl === null ? join(folder.path, 'centre', 'database') : null,
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
