// The small conventions of every route: inputs parsed once, errors in one form, handlers that may be async.
import { timingSafeEqual, createHash } from 'node:crypto'
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
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

export const sendError: ErrorRequestHandler = (thrown: unknown, _request, response, next) => {
  if (response.headersSent) {
    next(thrown)
    return
  }
  const error = isParserError(thrown)
    ? new FleetError('INVALID_INPUT', 'the body is not valid JSON', { cause: thrown })
    : toFleetError(thrown)
  response.status(error.status).json(error.toBody())
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

/** A browser page on another origin must not be able to steer a device that listens on loopback. */
export const refuseForeignPages: RequestHandler = (request, _response, next) => {
  const origin = request.get('origin')
  if (origin !== undefined && request.method !== 'GET' && new URL(origin).host !== request.get('host')) {
    throw new FleetError('FORBIDDEN', 'requests from other web pages are refused')
  }
  next()
}

export function pathId(request: Request, name = 'id'): string {
  return String(request.params[name] ?? '')
}

export type Handler = (request: Request, response: Response) => Promise<void> | void

function isParserError(thrown: unknown): boolean {
  return thrown instanceof SyntaxError && 'body' in thrown
}
