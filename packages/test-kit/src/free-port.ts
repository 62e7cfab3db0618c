// Finds a TCP port on the loopback that nobody listens on at this moment.
// The port is released before it is returned: a fixture that loses the race fails to bind and says so.
import { randomInt } from 'node:crypto'
import { connect, createServer } from 'node:net'

/**
 * Below the range that the kernel takes for outgoing connections (from 32768 on Linux): a service that is down for a
 * while finds its port free when it comes back, whatever else connects on a busy machine.
 */
const PORT_MIN = 20_000
const PORT_END = 32_768
/** A machine where so many tries in a row meet a taken port has another fault. */
const TRIES_MAX = 100

export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = randomInt(PORT_MIN, PORT_END)
    if (await canBind(port)) return port
  }
  throw new Error(`no free port among ${TRIES_MAX} between ${PORT_MIN} and ${PORT_END}`)
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** Whether something accepts connections on a port of the loopback. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
