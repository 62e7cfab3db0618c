// The demo's ports: the fixed ones of the product for people, free ones for a check that may run beside others.
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

export interface DemoPorts {
  centre: number
  mqtt: number
  console: number
  devices: number[]
}

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

export async function freePorts(deviceCount: number): Promise<DemoPorts> {
  const ports: number[] = []
  while (ports.length < 3 + deviceCount) {
    const port = await listenOnce(0)
    if (!ports.includes(port)) ports.push(port)
  }
  const [centre, mqtt, console, ...devices] = ports as [number, number, number, ...number[]]
  return { centre, mqtt, console, devices }
}

async function listenOnce(port: number): Promise<number> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: got } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return got
}
