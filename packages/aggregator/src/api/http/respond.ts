// Turns what a handler returns or throws into one HTTP answer; errors have the documented body and status.
import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Logger } from 'pino'
import { publicError } from '../error-shape.ts'

export function sendError(response: Response, error: FleetError): void {
  if (error.code === 'UNAUTHENTICATED') response.setHeader('www-authenticate', 'Bearer')
  response.status(error.status).json(error.toBody())
}

export const notFound: RequestHandler = (request, response) => {
  sendError(response, new FleetError('NOT_FOUND', `nothing is served at ${request.path}`))
}

/** The last handler: what was thrown is logged when it is our fault, and always answered. */
export function errorHandler(log: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const error = publicError(bodyError(thrown) ?? thrown)
    if (error.status >= 500) log.error({ err: thrown, path: request.path }, 'a request failed')
    if (response.headersSent) next(thrown)
    else sendError(response, error)
  }
}

/** What express's own body reader throws, as ours. */
function bodyError(thrown: unknown): FleetError | null {
  const type = typeof thrown === 'object' && thrown !== null && 'type' in thrown ? thrown.type : null
  if (type === 'entity.too.large')
    return new FleetError('PAYLOAD_TOO_LARGE', 'the request body is larger than allowed')
  if (typeof type === 'string' && (type.startsWith('entity.') || type.startsWith('encoding.')))
    return new FleetError('INVALID_INPUT', 'the request body cannot be read', { cause: thrown })
  return null
}
