// SAM3 as a segmenter: masks of what points and boxes mean, by the model.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Segmenter } from '../segment/segmenter.ts'
import type { Sam3 } from './sam3.ts'

/** `sam3` stays its owner's: the segmenter only uses it. */
export function createSam3Segmenter(sam3: Sam3): Segmenter {
  let closed = false
  return {
    method: 'model',
    async segment(image, hints, signal) {
      if (closed) throw new FleetError('UNAVAILABLE', 'the segmenter is closed')
      await using seen = await sam3.encode(image, signal)
      return await seen.segment(hints, signal)
    },
    async [Symbol.asyncDispose]() {
      closed = true
    },
  }
}
