// Contract: what is stored of the joins of one recording, to be decided again; and how another decision is kept.
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { ColourShare, Sighting } from '@sam3-fleet/shared/domain/sighting'
import type { SightingVersion } from './pipeline-store.ts'

/** One track that has detections, all of which are of one sighting. */
export interface JoinedTrack {
  trackId: number
  sightingId: string
  /** Order in which tracks came, where times are equal. */
  firstDetectionId: number
  detections: number
  /** Unix ms at which it was given its sighting; of its first detection where that is not known. */
  placedMs: number
  /** Unix ms at which it ended: of its last detection where that is not known, Infinity for the end of the recording. */
  endedMs: number
}

export interface TrackDetection {
  detectionId: number
  trackId: number
  frameIdx: number
  tsMs: number
  label: string
  textPrompt: string | null
  confidence: number
  bbox: Bbox
  /** Empty when none was measured, or an older version did not keep them. */
  colours: ColourShare[]
  /** Labels of what touched it; null when nobody looked. */
  beside: string[] | null
  /** The crop that was kept of it. */
  mediaSha256: string | null
}

export interface JoinedSighting {
  sighting: Sighting
  /** Track of its exemplar; null when that detection was not kept. */
  exemplarTrackId: number | null
}

/** Another decision on joins, of one recording. */
export interface Regrouping {
  videoId: string
  /** As they were when it was decided: nothing is kept when one of them is another now. */
  basedOn: readonly { id: string; version: number }[]
  /** Tracks that go to another sighting. */
  moves: readonly { trackId: number; sightingId: string }[]
  /** Of sightings that have other tracks now. Their crops are stored already. */
  versions: readonly SightingVersion[]
  /** Ids of sightings that have no track any more. */
  gone: readonly string[]
}

export interface RegroupStore {
  sighting(id: string): Sighting | null
  /** Recordings of a source that have sightings, oldest first. */
  videosWithSightings(sourceId: string): string[]
  /** Whether sightings of it still grow, or will when it is gone on with. */
  isInWork(videoId: string): boolean
  /** Without those that have no detection. */
  sightings(videoId: string): JoinedSighting[]
  /** In no certain order. */
  tracks(videoId: string): JoinedTrack[]
  /** Oldest first. */
  detections(videoId: string, trackId: number): TrackDetection[]
  /** WebP of a crop; null when it went to make room. */
  crop(sha256: string): Uint8Array | null
  /**
   * Keeps all of it or nothing, together with the outbox entries.
   * @throws FleetError CONFLICT when the recording is in work, or is not what it was based on.
   */
  commit(regrouping: Regrouping): void
}
