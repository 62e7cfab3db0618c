// The broker that a laptop centre embeds (aedes), in this process, on a port that stays over stop and restart.
// Same shape as the Mosquitto fixture, so that one suite may run against both.
import { Aedes, type AedesOptions } from 'aedes'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { freePort } from './free-port.ts'

export interface AedesBroker extends AsyncDisposable {
  readonly port: number
  readonly url: string
  /** The broker of the current life, for its hooks and events. */
  readonly aedes: Aedes
  /** Cuts every connection and forgets everything, as a crashed centre would. */
  stop(): Promise<void>
  /** A new broker with empty memory on the same port. */
  restart(): Promise<void>
}

export async function startAedesBroker(options: Partial<AedesOptions> = {}): Promise<AedesBroker> {
  const port = await freePort()
  let life: { aedes: Aedes; server: Server } | undefined = await begin(port, options)

  const stop = async (): Promise<void> => {
    if (!life) return
    const { aedes, server } = life
    life = undefined
    await Promise.all([
      new Promise<void>((resolve) => {
        aedes.close(resolve)
      }),
      new Promise<void>((resolve) => {
        server.close(() => resolve())
      }),
    ])
  }
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    get aedes() {
      if (!life) throw new Error('the broker is stopped')
      return life.aedes
    },
    stop,
    async restart() {
      await stop()
      life = await begin(port, options)
    },
    [Symbol.asyncDispose]: stop,
  }
}

async function begin(
  port: number,
  options: Partial<AedesOptions>,
): Promise<{ aedes: Aedes; server: Server }> {
  const aedes = await Aedes.createBroker(options)
  const server = createServer(aedes.handle)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { aedes, server }
}
