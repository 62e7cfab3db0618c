// Contract: boxes of one frame after the other in, the same objects over time out. One tracker per recording.
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { TrackerState } from './tracker-state.ts'

export interface FrameTime {
  frameIdx: number
  ptsMs: number
  /** Unix ms. */
  tsMs: number
}

/** One detection that belongs to a track that is sure to be one. */
export interface TrackHit extends FrameTime {
  /** Unique inside the recording; never used again. */
  trackId: number
  object: DetectedObject
}

export interface TrackerUpdate {
  /** In order of time; a track that became sure in this frame brings its earlier detections too. */
  hits: TrackHit[]
  /** Tracks that will not come back. */
  ended: number[]
}

export interface Tracker {
  /**
   * Every object goes to at most one track; weak objects only continue tracks. Frames come in order of time.
   * @param held objects of earlier frames whose place has not changed since: they keep their tracks alive, and are no hits
   * @param image of this frame, to tell things apart by their looks; it is not kept
   */
  update(
    time: FrameTime,
    objects: readonly DetectedObject[],
    held?: readonly DetectedObject[],
    image?: RgbImage | null,
  ): TrackerUpdate
  /** The recording is at its end: all tracks end. */
  finish(): number[]
  /** All that it knows now: a tracker made from it goes on with the next frame as this one would. */
  state(): TrackerState
}
