// The centre's HTTP listener: bounded in time and headers against slow callers, and stopped without waiting for streams.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

/** Milliseconds for the headers of a request; a slow one must not hold a connection. */
const HEADERS_TIMEOUT_MS = 10_000
/** Milliseconds for a whole request: an upload of some GB over a thin link, and no more. */
const REQUEST_TIMEOUT_MS = 60 * 60_000
/** Connections at once: browsers hold one stream each; beyond this the machine serves nobody well. */
const CONNECTIONS_MAX = 2_000
/** Milliseconds that running requests have to end before they are cut. */
const STOP_GRACE_MS = 2_000

export interface HttpServer {
  readonly host: string
  readonly port: number
  /** Takes no new connection, lets short requests end, then cuts what is left (event streams do not end). */
  stop(): Promise<void>
}

/** @throws FleetError UNAVAILABLE when the address cannot be listened on. */
export async function startHttpServer(
  app: RequestListener,
  { host, port, clock }: { host: string; port: number; clock: Clock },
): Promise<HttpServer> {
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS }, app)
  server.maxConnections = CONNECTIONS_MAX
  server.listen(port, host)
  await once(server, 'listening').catch((cause: unknown) => {
    throw new FleetError('UNAVAILABLE', `cannot listen on ${host}:${port}`, {
      hint: 'Is another centre running, or is the port taken? PORT names another one.',
      cause,
    })
  })
  return {
    host,
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      const done = new AbortController()
      const cut = clock.sleep(STOP_GRACE_MS, done.signal).then(
        () => server.closeAllConnections(),
        () => undefined,
      )
      await closed
      done.abort()
      await cut
    },
  }
}
