// Everything that the centre serves over HTTP, as one express application; listening is the caller's.
import express, { type Express } from 'express'
import { createExpressMiddleware } from '@trpc/server/adapters/express'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Database } from '../../database/database.ts'
import type { ApiServices } from '../api-services.ts'
import { asTrpcError, publicError } from '../error-shape.ts'
import { appRouter } from '../router.ts'
import type { Authenticator } from './authenticate.ts'
import { enrolRoute, type EnrolInput, type EnrolOutput } from './enrol-route.ts'
import { healthRoute, type HealthDeps } from './health-route.ts'
import { importRoute, type ImportRouteDeps } from './import-route.ts'
import { mediaRoute } from './media-route.ts'
import { openApiDocument } from './openapi-document.ts'
import { createOperationLimits } from './operation-limits.ts'
import { errorHandler, notFound } from './respond.ts'
import { restRoute } from './rest-routes.ts'
import { fetchUploadRoute, uploadRoute, type UploadDeps } from './upload-routes.ts'

/** Operations in one tRPC request (rule S10). */
const BATCH_MAX = 10
/** Bytes of a request body: a picture to search by (2 MB of base64) and little else. */
const BODY_MAX_BYTES = 3 * 1024 * 1024

export interface HttpAppDeps {
  database: Database
  services: ApiServices
  auth: Authenticator
  clock: Clock
  log: Logger
  metrics: Registry
  version: string
  uploads: Pick<UploadDeps, 'folder' | 'maxBytes' | 'verifyDevice'>
  enrol: (input: EnrolInput) => Promise<EnrolOutput>
  importFile: ImportRouteDeps['importFile']
  health: Pick<HealthDeps, 'broker' | 'warnings'>
}

export function createHttpApp(deps: HttpAppDeps): Express {
  const { database: db, services, auth, clock, log, metrics, version } = deps
  const limits = createOperationLimits(clock)
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.use((_request, response, next) => {
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('referrer-policy', 'no-referrer')
    next()
  })

  app.get('/healthz', healthRoute({ database: db, clock, version, ...deps.health }))
  app.get('/metrics', async (request, response) => {
    auth.authenticate(request)
    response.setHeader('content-type', metrics.contentType).send(await metrics.metrics())
  })
  app.get('/media/:sha256', mediaRoute(db, auth))

  app.use('/trpc', (request, _response, next) => {
    // tRPC would open the event stream and refuse inside it; callers and proxies look at the status.
    if (request.headers.accept?.includes('text/event-stream')) auth.authenticate(request)
    next()
  })
  app.use(
    '/trpc',
    createExpressMiddleware({
      router: appRouter,
      maxBatchSize: BATCH_MAX,
      maxBodySize: BODY_MAX_BYTES,
      createContext: ({ req, info }) => {
        try {
          const principal = auth.authenticate(req)
          for (const _ of info.calls) limits.take(principal)
          return { principal, services }
        } catch (thrown) {
          throw asTrpcError(publicError(thrown))
        }
      },
      onError: ({ error, path }) => {
        if (publicError(error).code === 'INTERNAL') log.error({ err: error, path }, 'a procedure failed')
      },
    }),
  )

  const uploads = { db, auth, ...deps.uploads }
  app.post('/api/v1/uploads', uploadRoute(uploads))
  app.get('/api/v1/uploads/:id', fetchUploadRoute(uploads))
  app.post('/api/v1/import', importRoute({ auth, limits, log, importFile: deps.importFile }))
  app.use(express.json({ limit: BODY_MAX_BYTES }))
  app.post('/api/v1/enrol', enrolRoute(deps.enrol, clock))
  const document = openApiDocument(appRouter, version)
  app.get('/api/v1/openapi.json', (_request, response) => {
    response.json(document)
  })
  const rest = restRoute({ services, auth, limits, log })
  app.get('/api/v1/:procedure', rest)
  app.post('/api/v1/:procedure', rest)

  app.use(notFound)
  app.use(errorHandler(log))
  return app
}
