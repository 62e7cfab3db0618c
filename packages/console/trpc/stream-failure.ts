// An event stream that broke, in; why, out. Browsers do not tell what a refused stream was answered with, so a small
// question asks the same way: its refusal is the reason.
import type { TRPCClient } from '@trpc/client'
import type { AppRouter } from '@sam3-fleet/aggregator/api/router'
import { readFailure, type Failure } from './failure.ts'
import { leaveWhenLoggedOut } from './logged-out.ts'

const BROKE_OFF: Failure = {
  code: 'UNAVAILABLE',
  message: 'the stream of answers broke off',
  hint: 'It is made again by itself.',
  mayPass: true,
  unreachable: true,
}

export async function streamFailure(client: TRPCClient<AppRouter>, thrown: unknown): Promise<Failure> {
  const known = readFailure(thrown)
  if (known.code !== 'UNREACHABLE') return known
  try {
    await client.spaces.list.query()
    return BROKE_OFF
  } catch (refusal) {
    const reason = readFailure(refusal)
    leaveWhenLoggedOut(reason)
    return reason
  }
}
