// Gathers what several frames brought into one commit: a disk is asked for durability about once a second, not once a
// frame. Nothing is confirmed to anybody before it is committed.
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type {
  CheckpointChange,
  NewDetection,
  PipelineStore,
  SightingVersion,
  TrackSpan,
} from '../store/pipeline-store.ts'

/** Milliseconds that work may wait, and detections that make it worth a commit at once. */
const WAIT_MAX_MS = 1_000
const DETECTIONS_MAX = 64

export interface GroupCommit {
  add(work: {
    detections: NewDetection[]
    tracks: TrackSpan[]
    sightings: SightingVersion[]
    framesDone: number
  }): void
  /** Whether what has gathered should be committed now. */
  isDue(): boolean
  /**
   * Commits what has gathered, if anything has.
   * @param end.checkpoint of the stages behind the newest frame that was added
   */
  flush(end: { finished: boolean; checkpoint: CheckpointChange | null }): void
}

export function createGroupCommit(
  store: PipelineStore,
  video: { videoId: string; sourceId: string },
  clock: Clock,
): GroupCommit {
  let detections: NewDetection[] = []
  let tracks: TrackSpan[] = []
  let sightings: SightingVersion[] = []
  let framesDone: number | null = null
  let lastMs = clock.monotonicMs()

  return {
    add(work) {
      detections.push(...work.detections)
      tracks.push(...work.tracks)
      sightings.push(...work.sightings)
      framesDone = work.framesDone
    },
    isDue() {
      // A new sighting goes out at once: somebody may be waiting for it at the centre.
      const isUrgent = sightings.some(({ sighting }) => sighting.version === 1)
      return isUrgent || detections.length >= DETECTIONS_MAX || clock.monotonicMs() - lastMs >= WAIT_MAX_MS
    },
    flush({ finished, checkpoint }) {
      lastMs = clock.monotonicMs()
      if (framesDone === null) return
      store.commit({ ...video, detections, tracks, sightings, framesDone, finished, checkpoint })
      detections = []
      tracks = []
      sightings = []
      framesDone = null
    },
  }
}
