// Contract between the stages and the store: everything that one step of a pipeline learned, kept in one transaction.
import type { Bbox, RleMask } from '@sam3-fleet/shared/domain/geometry'
import type { ColourShare, Sighting } from '@sam3-fleet/shared/domain/sighting'

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
  /** What dedup saw of it: kept, so that joins can be decided again. */
  colours: readonly ColourShare[]
  /** Labels of other things that touched it; null when its frame was not at hand any more. */
  beside: readonly string[] | null
}

/** One track from being given its sighting to its end, by the time of the frames (Unix ms). */
export interface TrackSpan {
  trackId: number
  /** Later than its first detections, which came before it was sure to be a track. */
  placedMs: number
  /** Null when the recording was at its end before it. */
  endedMs: number | null
}

/** A full new version of a sighting with the vector and crop that it names, if those are new. */
export interface SightingVersion {
  sighting: Sighting
  /** f16 bytes of `sighting.vectorHash`; stored once by hash. */
  vectorF16: Uint8Array
  /** WebP of `sighting.mediaSha256` when this version brings a new crop. */
  crop: { sha256: string; bytes: Uint8Array; width: number; height: number } | null
}

/** What the stages know of a recording, as bytes by name; the store does not look into them. */
export type CheckpointParts = ReadonlyMap<string, Uint8Array>

/** Against what the last commit of the recording left. */
export interface CheckpointChange {
  put: CheckpointParts
  drop: readonly string[]
}

export interface PipelineCommit {
  videoId: string
  sourceId: string
  detections: NewDetection[]
  /** Those that ended. */
  tracks: TrackSpan[]
  sightings: SightingVersion[]
  /** Next frame index to work on; frames below it are never worked on again (exactly-once by checkpoint). */
  framesDone: number
  /** Set with the last commit of a video that came to its end. */
  finished: boolean
  /** So that the stages can go on behind `framesDone` as if nothing had been; null: they cannot, what was kept goes. */
  checkpoint: CheckpointChange | null
}

/** Where to go on with a video. */
export interface ResumePoint {
  framesDone: number
  lastTrackId: number
  /** As it was committed with `framesDone`; empty when nothing was. */
  checkpoint: CheckpointParts
}

export interface PipelineStore {
  /** Keeps all of it or nothing, together with the outbox entries; durable when it returns (synchronous=FULL). */
  commit(work: PipelineCommit): void
  /** Hands out `count` detection ids, the first of which it answers; unique for ever on this device. */
  reserveDetectionIds(count: number): number
  /** Called before a video is worked on. */
  resumeVideo(videoId: string): ResumePoint
  /**
   * Closes the sightings that a video, or any video of a source, left open, and drops their checkpoints: nobody goes on
   * with them.
   */
  closeOpen(of: { videoId: string } | { sourceId: string }): void
}
