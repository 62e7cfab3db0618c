// A failed live question in one word, as coverage and lists show it.
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { LiveOutcome } from '@sam3-fleet/shared/fleet/live-answer'

export function outcomeOfFailure(thrown: unknown): LiveOutcome {
  const { code } = toFleetError(thrown)
  if (code === 'DEADLINE_EXCEEDED' || code === 'CANCELLED') return 'late'
  if (code === 'UNAVAILABLE') return 'offline'
  return 'refused'
}
