// Anything thrown in, what a caller may read out: code, message and hint; faults of ours keep their details in the log.
import { TRPCError } from '@trpc/server'
import { ERROR_CODES, type ErrorCode } from '@sam3-fleet/shared/errors/codes'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { ZodError } from 'zod'

/** tRPC's code for each HTTP status of ours; what tRPC has no code for becomes the nearest that it has. */
const TRPC_CODE_BY_STATUS: Record<number, TRPCError['code']> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'UNPROCESSABLE_CONTENT',
  426: 'PRECONDITION_FAILED',
  429: 'TOO_MANY_REQUESTS',
  499: 'CLIENT_CLOSED_REQUEST',
  501: 'NOT_IMPLEMENTED',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
  504: 'GATEWAY_TIMEOUT',
  507: 'SERVICE_UNAVAILABLE',
}

/** Codes that tRPC itself raises, as ours. */
const FLEET_CODE_BY_TRPC: Partial<Record<TRPCError['code'], ErrorCode>> = {
  PARSE_ERROR: 'INVALID_INPUT',
  BAD_REQUEST: 'INVALID_INPUT',
  METHOD_NOT_SUPPORTED: 'INVALID_INPUT',
  UNAUTHORIZED: 'UNAUTHENTICATED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'INVALID_INPUT',
  CLIENT_CLOSED_REQUEST: 'CANCELLED',
}

/** The error as callers see it: never the text of a fault that is ours. */
export function publicError(thrown: unknown): FleetError {
  const own = ownError(thrown)
  if (own) return own.code === 'INTERNAL' ? concealed(own) : own
  const zod = thrown instanceof ZodError ? thrown : thrown instanceof TRPCError ? thrown.cause : undefined
  if (zod instanceof ZodError && (thrown instanceof ZodError || isInputFault(thrown)))
    return new FleetError('INVALID_INPUT', describeIssue(zod), { cause: zod })
  if (thrown instanceof TRPCError) {
    const code = FLEET_CODE_BY_TRPC[thrown.code]
    if (code) return new FleetError(code, thrown.message, { cause: thrown })
  }
  return concealed(thrown)
}

/** The same error for tRPC, so that its HTTP status is the one of our code. */
export function asTrpcError(error: FleetError): TRPCError {
  return new TRPCError({
    code: TRPC_CODE_BY_STATUS[error.status] ?? 'INTERNAL_SERVER_ERROR',
    message: error.message,
    cause: error,
  })
}

function ownError(thrown: unknown): FleetError | null {
  if (thrown instanceof FleetError) return thrown
  if (thrown instanceof TRPCError && thrown.cause instanceof FleetError) return thrown.cause
  return null
}

function isInputFault(thrown: unknown): boolean {
  return thrown instanceof TRPCError && thrown.code === 'BAD_REQUEST'
}

function concealed(cause: unknown): FleetError {
  return new FleetError('INTERNAL', 'the centre failed to answer', {
    hint: ERROR_CODES.INTERNAL.meaning,
    cause,
  })
}

function describeIssue(error: ZodError): string {
  const issue = error.issues[0]
  if (!issue) return 'the input does not have the documented form'
  const path = issue.path.map(String).join('.')
  return path ? `${path}: ${issue.message}` : issue.message
}
