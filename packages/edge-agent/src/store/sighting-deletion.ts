// The outbox entry that tells the centre that a sighting is gone.
import type { TombstoneState } from '@sam3-fleet/shared/protocol/entry'
import type { EnqueueEntry } from './outbox.ts'

/** @param gone.entryId an id of the entry's own: the thing's id never comes back */
export function sightingDeletion(gone: {
  id: string
  atMs: number
  entryId: string
}): Parameters<EnqueueEntry>[0] {
  const { id, atMs, entryId } = gone
  const state: TombstoneState = {
    what: 'deleted',
    kind: 'sighting',
    id,
    reason: 'its tracks are other sightings now',
    atMs,
  }
  return { kind: 'tombstone', id: entryId, version: 1, state, payloadBytes: 0 }
}
