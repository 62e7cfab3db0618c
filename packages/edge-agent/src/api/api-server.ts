// The REST server: routes in their order, bounds on connections, and an orderly end.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express } from 'express'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { ApiDeps } from './api-deps.ts'
import { createErrorHandler, refuseForeignPages, requireToken, securityHeaders } from './http.ts'
import { detectRoute } from './detect/route.ts'
import { detectionRoute } from './detections/route.ts'
import { exportRoute } from './export/route.ts'
import { healthRoute, statusRoutes } from './health/route.ts'
import { jobRoutes } from './jobs/route.ts'
import { mediaRoute } from './media/route.ts'
import { objectsRoute } from './objects/route.ts'
import { openApiDocument } from './openapi/document.ts'
import { UPLOAD_TIMEOUT_MS } from './receive-upload.ts'
import { searchRoute } from './search/route.ts'
import { segmentRoute } from './segment/route.ts'
import { sightingRoute } from './sightings/route.ts'
import { sourceRoutes } from './sources/route.ts'

const JSON_BYTES_MAX = '256kb'
/** Connections at once, and milliseconds for a request's headers: a device has little to spare. */
const CONNECTIONS_MAX = 256
const HEADERS_TIMEOUT_MS = 15_000
/** Milliseconds for a whole request: Node's own five minutes would cut large uploads over a slow link. */
const REQUEST_TIMEOUT_MS = UPLOAD_TIMEOUT_MS + 60_000

export function createApi(deps: ApiDeps): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(securityHeaders, refuseForeignPages(deps.token))
  app.use(healthRoute(deps))
  app.use(requireToken(deps.token))
  app.use(express.json({ limit: JSON_BYTES_MAX }))
  const document = openApiDocument(deps.version)
  app.get('/openapi.json', (_request, response) => void response.json(document))
  app.use(statusRoutes(deps), sourceRoutes(deps), detectRoute(deps), jobRoutes(deps), segmentRoute(deps))
  app.use(searchRoute(deps), objectsRoute(deps), detectionRoute(deps), sightingRoute(deps), mediaRoute(deps))
  app.use(exportRoute(deps))
  app.use((request) => {
    throw new FleetError('NOT_FOUND', `there is nothing at ${request.path}`, {
      hint: 'The documented routes are at /openapi.json.',
    })
  })
  app.use(createErrorHandler(deps.log))
  return app
}

export interface ListeningApi extends AsyncDisposable {
  readonly url: string
}

/** @throws FleetError CONFIG_INVALID when the port is taken. */
export async function listen(
  app: Express,
  { host, port }: { host: string; port: number },
): Promise<ListeningApi> {
  const server: Server = createServer(app)
  server.maxConnections = CONNECTIONS_MAX
  server.headersTimeout = HEADERS_TIMEOUT_MS
  server.requestTimeout = REQUEST_TIMEOUT_MS
  server.listen(port, host)
  await once(server, 'listening').catch((cause: unknown) => {
    throw new FleetError('CONFIG_INVALID', `the REST API cannot listen on ${host}:${port}`, {
      hint: 'Choose another API_PORT, or stop what listens there.',
      cause,
    })
  })
  const bound = server.address() as AddressInfo
  return {
    url: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${bound.port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
