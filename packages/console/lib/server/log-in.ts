// A token in, whether the centre knows it out. A centre that is open to its own machine must not be opened to the
// network by a console that listens there: any token would do.
import { centreSettings } from './centre.ts'

export type LoginOutcome = 'known' | 'unknown' | 'open_centre' | 'unreachable' | 'too_many'

/** Cheap to answer, needs the least role. */
const PROBE_PATH = '/trpc/spaces.list'
const PROBE_TIMEOUT_MS = 5_000

export async function tryToken(token: string): Promise<LoginOutcome> {
  try {
    const anonymous = await probe({})
    if (anonymous.ok) return 'open_centre'
    const known = await probe({ authorization: `Bearer ${token}` })
    if (known.ok) return 'known'
    return known.status === 429 ? 'too_many' : 'unknown'
  } catch {
    return 'unreachable'
  }
}

async function probe(headers: Record<string, string>): Promise<Response> {
  const answer = await fetch(`${centreSettings().centreUrl}${PROBE_PATH}`, {
    headers,
    cache: 'no-store',
    signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
  })
  await answer.body?.cancel()
  return answer
}
