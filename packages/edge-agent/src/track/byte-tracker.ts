// ByteTrack (Zhang et al., ECCV 2022): sure boxes are paired with tracks first, weak boxes then continue what is left,
// because a weak box near a track is an occluded object more often than noise. New tracks come from sure boxes only.
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import { iou } from '@sam3-fleet/shared/domain/geometry'
import { assign } from './assignment.ts'
import { BoxFilter } from './box-filter.ts'
import { areAlike } from '@sam3-fleet/models/detect/label-kinds'
import type { FrameTime, Tracker, TrackerUpdate, TrackHit } from './tracker.ts'
import type { TrackerState } from './tracker-state.ts'

/** Costs are 1 - overlap; limits of the paper's three associations. */
const FIRST_COST_MAX = 0.8
const WEAK_COST_MAX = 0.5
const UNSURE_COST_MAX = 0.7
/** Detections after which a track is sure to be one. */
const CONFIRM_HITS = 3
/** Sum of confidences that makes an unsure track sure: three clear looks, or more of weaker ones. */
const CONFIRM_EVIDENCE = 1.05
/** Milliseconds that an unsure track may be out of sight: one look at five a second. */
const UNSURE_LOST_MAX_MS = 450
/** Milliseconds that a track may be out of sight and still be the same. */
const LOST_MAX_MS = 2_000
/** Milliseconds between frames after which nothing is known any more: a gap in the recording. */
const GAP_MAX_MS = 5_000

export interface ByteTrackerOptions {
  /** Confidence of sure boxes. */
  trackThreshold: number
  /** Ids count on from here. */
  lastTrackId: number
  /** Of the tracker that this one goes on for. */
  state?: TrackerState | undefined
}

interface Track {
  id: number
  filter: BoxFilter
  label: string
  /** Detections before the track became sure; null once it is. */
  unsure: TrackHit[] | null
  lastSeenMs: number
  isLost: boolean
}

export function createByteTracker(options: ByteTrackerOptions): Tracker {
  const { state } = options
  let tracks: Track[] = state?.tracks.map(trackOf) ?? []
  let lastId = Math.max(options.lastTrackId, state?.lastTrackId ?? 0)
  let lastMs: number | null = state?.lastMs ?? null

  /** Pairs tracks with objects; what was paired is taken out of both lists. */
  function associate(
    from: Track[],
    objects: DetectedObject[],
    maxCost: number,
    onPair: (track: Track, object: DetectedObject) => void,
  ): void {
    const cost = (row: number, column: number): number => {
      const [track, object] = [from[row] as Track, objects[column] as DetectedObject]
      return areAlike(track.label, object.label) ? 1 - iou(track.filter.bbox, object.bbox) : Infinity
    }
    const pairs = assign(from.length, objects.length, cost, maxCost)
    const paired = pairs.map(
      ([row, column]) => [from[row] as Track, objects[column] as DetectedObject] as const,
    )
    for (const [track, object] of paired) {
      from.splice(from.indexOf(track), 1)
      objects.splice(objects.indexOf(object), 1)
      onPair(track, object)
    }
  }

  function update(
    time: FrameTime,
    objects: readonly DetectedObject[],
    held: readonly DetectedObject[] = [],
  ): TrackerUpdate {
    const isHeld = new Set(held)
    const elapsedMs = lastMs === null ? 0 : time.ptsMs - lastMs
    lastMs = time.ptsMs
    const ended = elapsedMs > GAP_MAX_MS ? finish() : []
    for (const track of tracks) track.filter.predict(elapsedMs)

    const hits: TrackHit[] = []
    const hit = (track: Track, object: DetectedObject): void => {
      track.filter.correct(object.bbox)
      track.lastSeenMs = time.ptsMs
      track.isLost = false
      if (isHeld.has(object)) return
      const found: TrackHit = { ...time, trackId: track.id, object }
      if (track.unsure === null) hits.push(found)
      else if (track.unsure.push(found) >= CONFIRM_HITS && evidenceOf(track.unsure) >= CONFIRM_EVIDENCE) {
        hits.push(...track.unsure)
        track.unsure = null
      }
    }

    const all = [...objects, ...held]
    const sure = all.filter((object) => object.confidence >= options.trackThreshold)
    const weak = all.filter((object) => object.confidence < options.trackThreshold)
    const known = tracks.filter((track) => track.unsure === null)
    const unsure = tracks.filter((track) => track.unsure !== null)
    associate(known, sure, FIRST_COST_MAX, hit)
    const inSight = known.filter((track) => !track.isLost)
    associate(inSight, weak, WEAK_COST_MAX, hit)
    associate(unsure, sure, UNSURE_COST_MAX, hit)
    associate(unsure, weak, WEAK_COST_MAX, hit)

    for (const track of tracks) if (track.lastSeenMs < time.ptsMs) track.isLost = true
    for (const object of sure) if (!isHeld.has(object)) tracks.push(begin(time, object))
    const isOver = (track: Track): boolean =>
      time.ptsMs - track.lastSeenMs > (track.unsure === null ? LOST_MAX_MS : UNSURE_LOST_MAX_MS)
    ended.push(...tracks.filter((track) => isOver(track) && track.unsure === null).map((track) => track.id))
    tracks = tracks.filter((track) => !isOver(track))
    return { hits, ended }
  }

  function begin(time: FrameTime, object: DetectedObject): Track {
    lastId += 1
    return {
      id: lastId,
      filter: BoxFilter.at(object.bbox),
      label: object.label,
      unsure: [{ ...time, trackId: lastId, object }],
      lastSeenMs: time.ptsMs,
      isLost: false,
    }
  }

  function finish(): number[] {
    const ids = tracks.filter((track) => track.unsure === null).map((track) => track.id)
    tracks = []
    return ids
  }

  return {
    update,
    finish,
    state: () => ({
      lastTrackId: lastId,
      lastMs,
      tracks: tracks.map((track) => ({
        ...track,
        filter: track.filter.state,
        unsure: track.unsure && [...track.unsure],
      })),
    }),
  }
}

function trackOf(track: TrackerState['tracks'][number]): Track {
  return { ...track, filter: BoxFilter.from(track.filter), unsure: track.unsure && [...track.unsure] }
}

function evidenceOf(hits: readonly TrackHit[]): number {
  return hits.reduce((sum, { object }) => sum + object.confidence, 0)
}
