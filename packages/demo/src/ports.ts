// The demo's ports: the fixed ones of the product for people, free ones for a check that may run beside others.
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

export interface DemoPorts {
  centre: number
  mqtt: number
  console: number
  devices: number[]
}

/**
 * Free ports are sought below those that the kernel takes for outgoing connections (from 32768 on Linux): the last
 * service of the demo starts many seconds after its port was chosen.
 */
const FREE_MIN = 20_000
const FREE_END = 32_768
/** Taken ports in a row after which something else is wrong. */
const TRIES_MAX = 200

const FIXED = { centre: 4000, mqtt: 1883, console: 3000, firstDevice: 8000 }

/** @throws FleetError CONFLICT naming the port that something else holds. */
export async function fixedPorts(deviceCount: number): Promise<DemoPorts> {
  const devices = Array.from({ length: deviceCount }, (_, n) => FIXED.firstDevice + n)
  for (const port of [FIXED.centre, FIXED.mqtt, FIXED.console, ...devices]) {
    await listenOnce(port).catch((cause: unknown) => {
      throw new FleetError('CONFLICT', `port ${port} is in use`, {
        hint: 'Stop what listens there (another demo, perhaps), or let the demo choose with --any-ports.',
        cause,
      })
    })
  }
  return { centre: FIXED.centre, mqtt: FIXED.mqtt, console: FIXED.console, devices }
}

/** @throws FleetError CONFLICT when nearly all ports are taken. */
export async function freePorts(deviceCount: number): Promise<DemoPorts> {
  const ports = new Set<number>()
  for (let tries = 0; ports.size < 3 + deviceCount; tries++) {
    if (tries === TRIES_MAX) throw new FleetError('CONFLICT', 'this machine has no free ports')
    const port = randomInt(FREE_MIN, FREE_END)
    const isFree = await listenOnce(port).then(
      () => true,
      () => false,
    )
    if (isFree) ports.add(port)
  }
  const [centre, mqtt, console, ...devices] = [...ports] as [number, number, number, ...number[]]
  return { centre, mqtt, console, devices }
}

async function listenOnce(port: number): Promise<void> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}
