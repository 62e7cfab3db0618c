// ByteTrack (Zhang et al., ECCV 2022): sure boxes are paired with tracks first, weak boxes then continue what is left,
// because a weak box near a track is an occluded object more often than noise. New tracks come from sure boxes only.
// With a picture, looks decide where people cross, and who comes back where nobody was expected.
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import { appearanceDistance, blendAppearance, type Appearance } from './appearance.ts'
import { assign } from './assignment.ts'
import { BoxFilter } from './box-filter.ts'
import { createFrameLooks, type FrameLooks } from './frame-looks.ts'
import { overlapCost, returnCost, RETURN_COST_MAX, type Expected } from './pair-cost.ts'
import type { FrameTime, Tracker, TrackerUpdate, TrackHit } from './tracker.ts'
import type { TrackerState } from './tracker-state.ts'

/**
 * Costs are 1 - overlap, corrected by looks; limits of the paper's three associations. Where looks guard it, a sure box
 * needs less overlap than in the paper (.8 and .7): five looks a second leave little between two of somebody who runs.
 */
const FIRST_COST_MAX = 0.9
const WEAK_COST_MAX = 0.5
const UNSURE_COST_MAX = 0.8
/** Detections after which a track is sure to be one. */
const CONFIRM_HITS = 3
/** Sum of confidences that makes an unsure track sure: three looks at .5, or more of weaker ones. */
const CONFIRM_EVIDENCE = 1.5
/** Milliseconds that an unsure track may be out of sight: one look at five a second. */
const UNSURE_LOST_MAX_MS = 450
/** Milliseconds that a track may be out of sight and still be the same. */
const LOST_MAX_MS = 2_000
/** Milliseconds between frames after which nothing is known any more: a gap in the recording. */
const GAP_MAX_MS = 5_000
/** Part of what is known of a track's looks that one more look leaves. */
const LOOKS_KEPT = 0.9

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
  /** Mean over sure looks at it alone, newer ones count more; before there was one, of the first look. */
  appearance: Appearance | null
  /** How many looks at it alone are in that. */
  aloneLooks: number
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
    { costOf, onPair }: { costOf: PairCost; onPair: (track: Track, object: DetectedObject) => void },
  ): void {
    const cost = (row: number, column: number): number =>
      costOf(from[row] as Track, objects[column] as DetectedObject, maxCost)
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
    image: RgbImage | null = null,
  ): TrackerUpdate {
    const isHeld = new Set(held)
    const elapsedMs = lastMs === null ? 0 : time.ptsMs - lastMs
    lastMs = time.ptsMs
    const ended = elapsedMs > GAP_MAX_MS ? finish() : []
    for (const track of tracks) track.filter.predict(elapsedMs)

    const all = [...objects, ...held]
    const looks = createFrameLooks(image, all, options.trackThreshold)
    const hits: TrackHit[] = []
    const onPair = (track: Track, object: DetectedObject): void => {
      track.filter.correct(object.bbox)
      track.lastSeenMs = time.ptsMs
      track.isLost = false
      if (object.confidence >= options.trackThreshold) learnLooks(track, object, looks)
      if (isHeld.has(object)) return
      const found: TrackHit = { ...time, trackId: track.id, object }
      if (track.unsure === null) hits.push(found)
      else if (track.unsure.push(found) >= CONFIRM_HITS && evidenceOf(track.unsure) >= CONFIRM_EVIDENCE) {
        hits.push(...track.unsure)
        track.unsure = null
      }
    }
    const { byOverlap, byReturn } = pairCosts(looks, time.ptsMs)
    const overlapping = { costOf: byOverlap, onPair }

    const sure = all.filter((object) => object.confidence >= options.trackThreshold)
    const weak = all.filter((object) => object.confidence < options.trackThreshold)
    const known = tracks.filter((track) => track.unsure === null)
    const unsure = tracks.filter((track) => track.unsure !== null)
    associate(known, sure, FIRST_COST_MAX, overlapping)
    const inSight = known.filter((track) => !track.isLost)
    associate(inSight, weak, WEAK_COST_MAX, overlapping)
    const missed = known.filter((track) => track.lastSeenMs < time.ptsMs)
    associate(missed, sure, RETURN_COST_MAX, { costOf: byReturn, onPair })
    associate(unsure, sure, UNSURE_COST_MAX, overlapping)
    associate(unsure, weak, WEAK_COST_MAX, overlapping)

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
      appearance: null,
      aloneLooks: 0,
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

type PairCost = (track: Track, object: DetectedObject, maxCost: number) => number

/** Of one frame; where a track is expected is reckoned once, not for each pair. */
function pairCosts(looks: FrameLooks, nowMs: number): { byOverlap: PairCost; byReturn: PairCost } {
  const expected = new Map<Track, Bbox>()
  const expectedOf = (track: Track): Expected => {
    const bbox = expected.get(track) ?? track.filter.bbox
    expected.set(track, bbox)
    return { label: track.label, bbox, awayMs: nowMs - track.lastSeenMs }
  }
  const distance =
    ({ appearance }: Track, object: DetectedObject) =>
    (): number | null => {
      const seen = appearance && looks.of(object)
      return appearance && seen && appearanceDistance(appearance, seen)
    }
  return {
    byOverlap: (track, object, maxCost) =>
      overlapCost(expectedOf(track), object, distance(track, object), maxCost),
    byReturn: (track, object) => returnCost(expectedOf(track), object, distance(track, object)),
  }
}

/** A look that another is in says little of either: it only stands in until there is a better one. */
function learnLooks(track: Track, object: DetectedObject, looks: FrameLooks): void {
  const isAlone = looks.isAlone(object)
  if (!isAlone && track.appearance) return
  const seen = looks.of(object)
  if (!seen) return
  if (isAlone) track.aloneLooks += 1
  const kept = isAlone ? Math.min(LOOKS_KEPT, 1 - 1 / track.aloneLooks) : 0
  track.appearance = track.appearance ? blendAppearance(track.appearance, seen, kept) : seen
}

function evidenceOf(hits: readonly TrackHit[]): number {
  return hits.reduce((sum, { object }) => sum + object.confidence, 0)
}
