// The small conventions of every route: inputs parsed once, errors in one form, handlers that may be async.
import { timingSafeEqual, createHash } from 'node:crypto'
import type { ErrorRequestHandler, Request, RequestHandler } from 'express'
import type { Logger } from 'pino'
import type { ZodType } from 'zod'
import { FleetError, toFleetError } from '@sam3-fleet/shared/errors/fleet-error'

/** @throws FleetError INVALID_INPUT that names the field. */
export function parse<T>(schema: ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = issue?.path.join('.') ?? ''
  throw new FleetError(
    'INVALID_INPUT',
    `${field === '' ? 'the request' : field}: ${issue?.message ?? 'wrong'}`,
    {
      hint: 'The documented form of every request is at /openapi.json.',
      cause: parsed.error,
    },
  )
}

/** Answers with `{ error }`. A fault of ours is logged in full and told without its inner words. */
export function createErrorHandler(log: Pick<Logger, 'error'>): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (response.headersSent) {
      next(thrown)
      return
    }
    const error = fromParser(thrown) ?? toFleetError(thrown)
    response.status(error.status)
    if (error.code !== 'INTERNAL') {
      response.json(error.toBody())
      return
    }
    log.error({ err: error, method: request.method, path: request.path }, 'a request failed')
    response.json(new FleetError('INTERNAL', 'this request failed inside the device').toBody())
  }
}

/** What express and its body parser refuse by themselves: they mark it with a status below 500. */
function fromParser(thrown: unknown): FleetError | null {
  if (thrown instanceof FleetError || !(thrown instanceof Error)) return null
  const status = 'status' in thrown ? Number(thrown.status) : Number.NaN
  if (!(status >= 400 && status < 500)) return null
  const code = status === 413 ? 'PAYLOAD_TOO_LARGE' : 'INVALID_INPUT'
  return new FleetError(code, `the request cannot be read: ${thrown.message}`, { cause: thrown })
}

/** Every request but /health brings the token when one is set; compared in constant time. */
export function requireToken(token: string | null): RequestHandler {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  const expected = token === null ? null : digest(token)
  return (request, _response, next) => {
    const given = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? ''
    if (expected !== null && !timingSafeEqual(digest(given), expected)) {
      throw new FleetError('UNAUTHENTICATED', 'this device wants its API token', {
        hint: 'Send the header "Authorization: Bearer <FLEET_API_TOKEN>".',
      })
    }
    next()
  }
}

export const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  })
  next()
}

/** Names under which a browser on this machine reaches a device without a token. */
const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * A web page must not be able to steer or read a device through its visitor's browser: other origins may not change
 * anything, and while no token protects the device, its own name must be a loopback one (a page may rebind its name).
 */
export function refuseForeignPages(token: string | null): RequestHandler {
  return (request, _response, next) => {
    const host = request.get('host') ?? ''
    const origin = request.get('origin')
    const isForeign = origin !== undefined && URL.parse(origin)?.host !== host
    const isRebound = token === null && !LOOPBACK_NAMES.has(URL.parse(`http://${host}`)?.hostname ?? '')
    if (isRebound || (isForeign && request.method !== 'GET')) {
      throw new FleetError('FORBIDDEN', 'requests from other web pages are refused')
    }
    next()
  }
}

export function pathId(request: Request, name = 'id'): string {
  return String(request.params[name] ?? '')
}
