// Contract: the crop of a sighting in, what it resembles out. No name here is a claim: it only orders answers.
import type { Resemblance } from '@sam3-fleet/shared/domain/sighting'

export interface Resembler extends AsyncDisposable {
  /**
   * @param crop a picture as JPEG, PNG or WebP
   * @returns the likeliest classes, best first; few, and none where nothing stands out
   * @throws FleetError UNPROCESSABLE_MEDIA for what is no picture, CANCELLED when `signal` fires first.
   */
  resemblances(crop: Uint8Array, signal?: AbortSignal): Promise<Resemblance[]>
}
