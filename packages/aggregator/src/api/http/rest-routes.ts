// GET and POST /api/v1/{procedure}: every tRPC procedure for outsiders, through the same code, policies and errors.
import type { Request, RequestHandler, Response } from 'express'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Logger } from 'pino'
import type { ApiServices } from '../api-services.ts'
import { publicError } from '../error-shape.ts'
import { listProcedures, type ProcedureFacts } from '../procedures.ts'
import { appRouter, createCaller } from '../router.ts'
import type { Authenticator } from './authenticate.ts'
import type { OperationLimits } from './operation-limits.ts'

export interface RestDeps {
  services: ApiServices
  auth: Authenticator
  limits: OperationLimits
  log: Logger
}

const PROCEDURES = new Map(listProcedures(appRouter).map((facts) => [facts.path, facts]))

export function restRoute({ services, auth, limits, log }: RestDeps): RequestHandler<{ procedure: string }> {
  return async (request, response, next) => {
    const facts = PROCEDURES.get(request.params.procedure)
    if (!facts) {
      next()
      return
    }
    const principal = auth.authenticate(request)
    limits.take(principal)
    requireMethod(request, facts)
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const call = procedureOf(createCaller({ principal, services }, { signal: gone.signal }), facts.path)
    const result = await call(inputOf(request))
    if (facts.type === 'subscription')
      await sendEvents(response, result as AsyncIterable<unknown>, { signal: gone.signal, log })
    else response.setHeader('cache-control', 'no-store').json(result)
  }
}

type Call = (input: unknown) => Promise<unknown>

/** A caller is a tree of functions; a path of ours is a way down it. */
function procedureOf(caller: unknown, path: string): Call {
  let at = caller
  for (const name of path.split('.')) at = (at as Record<string, unknown>)[name]
  return at as Call
}

/** What changes something is POST only; a question may be asked either way. */
function requireMethod(request: Request<{ procedure: string }>, { type, path }: ProcedureFacts): void {
  if (type === 'mutation' && request.method !== 'POST')
    throw new FleetError('INVALID_INPUT', `${path} changes something: use POST`)
}

/** POST: the JSON body. GET: the JSON in the query parameter `input`. Neither: no input. */
function inputOf(request: Request<{ procedure: string }>): unknown {
  if (request.method === 'POST') return request.body as unknown
  const { input } = request.query
  if (input === undefined) return undefined
  if (typeof input !== 'string') throw new FleetError('INVALID_INPUT', 'input stands once, as JSON')
  try {
    return JSON.parse(input) as unknown
  } catch (cause) {
    throw new FleetError('INVALID_INPUT', 'input is not JSON', { cause })
  }
}

/** Server-sent events: `data` for each, `error` with the documented body when it breaks off. */
async function sendEvents(
  response: Response,
  events: AsyncIterable<unknown>,
  { signal, log }: { signal: AbortSignal; log: Logger },
): Promise<void> {
  response.setHeader('content-type', 'text/event-stream')
  response.setHeader('cache-control', 'no-store')
  response.flushHeaders()
  try {
    for await (const event of events) {
      if (signal.aborted) break
      response.write(`data: ${JSON.stringify(event)}\n\n`)
    }
  } catch (thrown) {
    const error = publicError(thrown)
    if (error.code === 'INTERNAL') log.error({ err: thrown }, 'an event stream broke off')
    response.write(`event: error\ndata: ${JSON.stringify(error.toBody())}\n\n`)
  }
  response.end()
}
