// How many uploads may run at once: each holds a file handle, disk and bandwidth, and a picture also memory.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

export interface UploadGate {
  /** @throws FleetError TOO_MANY_REQUESTS when all places are taken. */
  pass<T>(work: () => Promise<T>): Promise<T>
}

export function createUploadGate(places: number): UploadGate {
  let taken = 0
  return {
    async pass(work) {
      if (taken >= places) {
        throw new FleetError('TOO_MANY_REQUESTS', `${places} uploads are running already`, {
          hint: 'Try again when one of them has ended.',
        })
      }
      taken += 1
      try {
        return await work()
      } finally {
        taken -= 1
      }
    },
  }
}
