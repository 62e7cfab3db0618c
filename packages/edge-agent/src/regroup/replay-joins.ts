// Decides the joins of one recording again: stored tracks in, in the order in which they came; groups of them out, as
// the deduplicator would have made them while the recording was worked on.
import type { Deduplicator } from '../dedup/deduplicator.ts'
import type { JoinedTrack, TrackDetection } from '../store/regroup-store.ts'
import type { TrackGroup } from './track-group.ts'

export interface ReplayOptions {
  deduplicator: Deduplicator
  /** Of one track, oldest first. */
  detections: (trackId: number) => TrackDetection[]
  newGroup: () => TrackGroup
}

/** Each group comes as soon as nothing can join it any more. A track whose group is still open gives null. */
export function* replayJoins(
  tracks: readonly JoinedTrack[],
  { deduplicator, detections, newGroup }: ReplayOptions,
): Generator<TrackGroup | null, void, void> {
  let open: TrackGroup[] = []
  for (const track of inOrder(tracks)) {
    const isResting = (group: TrackGroup): boolean => group.endedMs < track.placedMs
    const over = new Set(
      open.filter((group) => isResting(group) && deduplicator.isOver(toResting(group, 0), track.placedMs)),
    )
    open = open.filter((group) => !over.has(group))
    yield* over

    const ofTrack = detections(track.trackId)
    const [first] = ofTrack
    if (!first) continue
    const resting = open.filter(isResting)
    const start = {
      label: first.label,
      colours: first.colours,
      box: { atMs: first.tsMs, bbox: first.bbox },
    }
    const home = deduplicator.findHome(start, resting.map(toResting))
    let group = home === null ? undefined : resting[Number(home)]
    if (!group) {
      group = newGroup()
      open.push(group)
    }
    group.add(track.trackId, ofTrack, track.endedMs)
    yield null
  }
  yield* open
}

export function inOrder(tracks: readonly JoinedTrack[]): JoinedTrack[] {
  return tracks.toSorted((a, b) => a.placedMs - b.placedMs || a.firstDetectionId - b.firstDetectionId)
}

/** The deduplicator names a group by its place in the list. */
function toResting(group: TrackGroup, at: number): Parameters<Deduplicator['isOver']>[0] {
  return { sightingId: String(at), label: group.label, colours: group.colours, path: group.path }
}
