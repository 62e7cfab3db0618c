// The one place where procedures are made: each declares the policy that its caller is checked against.
import { initTRPC } from '@trpc/server'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { ZodType } from 'zod'
import type { ApiServices } from './api-services.ts'
import { asTrpcError, publicError } from './error-shape.ts'
import { mayCall, type Policy, type Principal } from './principal.ts'

export interface ApiContext {
  principal: Principal
  services: ApiServices
}

export interface ProcedureMeta {
  /** Least role that may call it; router.test.ts fails for a procedure without one. */
  policy?: Policy
  /** One sentence for the OpenAPI document. */
  summary?: string
  /** Of subscriptions: the schema of one event. */
  event?: ZodType
}

/** Milliseconds between two comments on an idle event stream, so that proxies keep it open. */
const SSE_PING_MS = 2_000

const t = initTRPC
  .context<ApiContext>()
  .meta<ProcedureMeta>()
  .create({
    isDev: false,
    sse: { ping: { enabled: true, intervalMs: SSE_PING_MS } },
    errorFormatter: ({ shape, error }) => {
      const known = publicError(error)
      return {
        ...shape,
        message: known.message,
        data: { ...shape.data, fleet: known.toBody().error },
      }
    },
  })

export const router = t.router
export const createCallerFactory = t.createCallerFactory

/** Base of every procedure: refuses what the policy does not allow, and gives each failure its own status. */
export const procedure = t.procedure.use(async ({ ctx, meta, path, next }) => {
  if (!meta?.policy) throw new FleetError('INTERNAL', `procedure ${path} declares no policy`)
  if (!mayCall(ctx.principal.role, meta.policy)) {
    throw asTrpcError(
      new FleetError('FORBIDDEN', `${path} needs the role ${meta.policy}`, {
        hint: 'Ask an administrator of this centre for a token with that role.',
      }),
    )
  }
  const result = await next()
  if (!result.ok && result.error.cause instanceof FleetError) throw asTrpcError(result.error.cause)
  return result
})
