// Every procedure of a router as plain facts: what the OpenAPI document, the REST mirror and the tests walk over.
import type { AnyRouter } from '@trpc/server'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { ZodType } from 'zod'
import type { ProcedureMeta } from './trpc.ts'

export interface ProcedureFacts {
  /** `search.find` */
  path: string
  type: 'query' | 'mutation' | 'subscription'
  meta: ProcedureMeta
  input: ZodType | null
  /** Of a subscription: one event. */
  output: ZodType
}

/** @throws FleetError INTERNAL when a procedure lacks an output schema: it could not be documented. */
export function listProcedures(router: AnyRouter): ProcedureFacts[] {
  return Object.entries(router._def.procedures as Record<string, unknown>).map(([path, procedure]) => {
    const { type, meta, inputs, output } = (procedure as { _def: RuntimeDef })._def
    const event = meta?.event
    const outputSchema = type === 'subscription' ? event : output
    if (!(outputSchema instanceof ZodType))
      throw new FleetError('INTERNAL', `procedure ${path} declares no output schema`)
    const input = inputs[0]
    return {
      path,
      type,
      meta: meta ?? {},
      input: input instanceof ZodType ? input : null,
      output: outputSchema,
    }
  })
}

/** What tRPC keeps of a procedure at run time. */
interface RuntimeDef {
  type: ProcedureFacts['type']
  meta: ProcedureMeta | undefined
  inputs: readonly unknown[]
  output?: unknown
}
