// Anything thrown by a question in, what a person reads out: what, why and what now, with its code.
import { TRPCClientError } from '@trpc/client'
import { z } from 'zod'
import { ConsoleError } from './console-error.ts'

export interface Failure {
  code: string
  message: string
  /** What to do about it. */
  hint: string
  /** Whether the same question may succeed a moment later. */
  mayPass: boolean
  /** Neither the console's server nor the centre answered. */
  unreachable: boolean
}

const fleetSchema = z.object({ code: z.string(), message: z.string(), hint: z.string() })
const dataSchema = z.object({ fleet: fleetSchema })

const PASSING = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'TOO_MANY_REQUESTS', 'UNREACHABLE'])

export function readFailure(thrown: unknown): Failure {
  const own = findConsoleError(thrown)
  if (own) return failure(own, true)
  if (thrown instanceof TRPCClientError) {
    const data = dataSchema.safeParse(thrown.data)
    if (data.success) return failure(data.data.fleet, false)
  }
  return failure(
    {
      code: 'UNREACHABLE',
      message: 'the console does not answer',
      hint: 'See whether it still runs and whether this machine has a network; then try again.',
    },
    true,
  )
}

function failure(known: z.infer<typeof fleetSchema>, fromConsole: boolean): Failure {
  const { code, message, hint } = known
  return {
    code,
    message,
    hint,
    mayPass: PASSING.has(code),
    unreachable: fromConsole && (code === 'UNAVAILABLE' || code === 'UNREACHABLE'),
  }
}

/** The client wraps what its fetch throws, sometimes more than once. */
function findConsoleError(thrown: unknown): ConsoleError | null {
  for (let at = thrown; at instanceof Error; at = at.cause) if (at instanceof ConsoleError) return at
  return null
}
