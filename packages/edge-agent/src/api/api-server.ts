// The REST server: routes in their order, bounds on connections, and an orderly end.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express } from 'express'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { VideoStore } from '../store/video-store.ts'
import type { ApiDeps } from './api-deps.ts'
import { refuseForeignPages, requireToken, securityHeaders, sendError } from './http.ts'
import { openApiDocument } from './openapi.ts'
import { healthRoutes, statusRoutes } from './routes/device-routes.ts'
import { exportRoutes } from './routes/export-routes.ts'
import { jobRoutes } from './routes/job-routes.ts'
import { searchRoutes } from './routes/search-routes.ts'
import { segmentRoutes } from './routes/segment-routes.ts'
import { sourceRoutes } from './routes/source-routes.ts'

const JSON_BYTES_MAX = '256kb'
/** Connections at once, and milliseconds for a request's headers: a device has little to spare. */
const CONNECTIONS_MAX = 256
const HEADERS_TIMEOUT_MS = 15_000

export function createApi(deps: ApiDeps, videos: VideoStore): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(securityHeaders, refuseForeignPages)
  app.use(healthRoutes(deps))
  app.use(requireToken(deps.token))
  app.use(express.json({ limit: JSON_BYTES_MAX }))
  const document = openApiDocument(deps.version)
  app.get('/openapi.json', (_request, response) => void response.json(document))
  app.use(
    statusRoutes(deps),
    sourceRoutes(deps),
    jobRoutes(deps),
    searchRoutes(deps),
    segmentRoutes(deps),
    exportRoutes(deps, videos),
  )
  app.use((request) => {
    throw new FleetError('NOT_FOUND', `there is nothing at ${request.path}`, {
      hint: 'The documented routes are at /openapi.json.',
    })
  })
  app.use(sendError)
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
