// Contract between the stages and the store: everything that one step of a pipeline learned, kept in one transaction.
import type { Bbox, RleMask } from '@sam3-fleet/shared/domain/geometry'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'

export interface NewDetection {
  /** From `reserveDetectionIds`; gaps are fine. */
  detectionId: number
  sightingId: string
  /** Integer of the tracker, unique inside the video. */
  trackId: number
  frameIdx: number
  tsMs: number
  label: string
  textPrompt: string | null
  confidence: number
  bbox: Bbox
  mask: RleMask | null
}

/** A full new version of a sighting with the vector and crop that it names, if those are new. */
export interface SightingVersion {
  sighting: Sighting
  /** f16 bytes of `sighting.vectorHash`; stored once by hash. */
  vectorF16: Uint8Array
  /** WebP of `sighting.mediaSha256` when this version brings a new crop. */
  crop: { sha256: string; bytes: Uint8Array; width: number; height: number } | null
}

export interface PipelineCommit {
  videoId: string
  sourceId: string
  detections: NewDetection[]
  sightings: SightingVersion[]
  /** Next frame index to work on; frames below it are never worked on again (exactly-once by checkpoint). */
  framesDone: number
  /** Set with the last commit of a video that came to its end. */
  finished: boolean
}

export interface PipelineStore {
  /** Keeps all of it or nothing, together with the outbox entries; durable when it returns (synchronous=FULL). */
  commit(work: PipelineCommit): void
  /** Hands out `count` detection ids; unique for ever on this device. */
  reserveDetectionIds(count: number): number
  /**
   * Closes what a dead process left open in this video and answers where to go on. Called before a video is worked on.
   */
  resumeVideo(videoId: string): { framesDone: number; lastTrackId: number }
}
