// Gathers what several frames brought into one commit: a disk is asked for durability about once a second, not once a
// frame. Nothing is confirmed to anybody before it is committed.
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { NewDetection, PipelineStore, SightingVersion } from '../store/pipeline-store.ts'

/** Milliseconds that work may wait, and detections that make it worth a commit at once. */
const WAIT_MAX_MS = 1_000
const DETECTIONS_MAX = 64

export interface GroupCommit {
  add(work: { detections: NewDetection[]; sightings: SightingVersion[]; framesDone: number }): void
  /** Commits what has gathered, if anything has. */
  flush(finished: boolean): void
}

export function createGroupCommit(
  store: PipelineStore,
  video: { videoId: string; sourceId: string },
  clock: Clock,
): GroupCommit {
  let detections: NewDetection[] = []
  let sightings: SightingVersion[] = []
  let framesDone: number | null = null
  let lastMs = clock.monotonicMs()

  function flush(finished: boolean): void {
    lastMs = clock.monotonicMs()
    if (framesDone === null && !finished) return
    store.commit({ ...video, detections, sightings, framesDone: framesDone ?? 0, finished })
    detections = []
    sightings = []
    framesDone = null
  }

  return {
    add(work) {
      detections.push(...work.detections)
      sightings.push(...work.sightings)
      framesDone = work.framesDone
      // A new sighting goes out at once: somebody may be waiting for it at the centre.
      const isUrgent = work.sightings.some(({ sighting }) => sighting.version === 1)
      if (isUrgent || detections.length >= DETECTIONS_MAX || clock.monotonicMs() - lastMs >= WAIT_MAX_MS)
        flush(false)
    },
    flush,
  }
}
