// Takes joins back and decides them again, on what is stored: one sighting into its tracks, or all recordings of a
// source with another reach. Each recording changes as a whole or not at all; the same again changes nothing.
import { setImmediate } from 'node:timers/promises'
import { FleetError, must } from '@sam3-fleet/shared/errors/fleet-error'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import type { Deduplicator } from '../dedup/deduplicator.ts'
import type { SightingFixed } from '../embed/growing-sighting.ts'
import type { JoinedTrack, RegroupStore } from '../store/regroup-store.ts'
import { joinsOf } from './claim-id.ts'
import { RegroupPlan, type PlanDeps } from './plan-regrouping.ts'
import { inOrder, replayJoins } from './replay-joins.ts'
import { TrackGroup } from './track-group.ts'

/** Detections after which others may have the thread for a moment: about ten milliseconds of work. */
const DETECTIONS_AT_ONCE = 1_000

/** A sighting and the tracks that it is made of. */
export interface SplitPart {
  sighting: Sighting
  trackIds: number[]
}

export interface RegroupReport {
  videos: number
  videosChanged: number
  sightingsBefore: number
  sightingsAfter: number
  /** The same before and after. */
  detections: number
}

export interface RegroupingService {
  /**
   * @param trackIds to be taken out into one sighting of their own; null: every track is one by itself
   * @returns the sightings that it is now, in the order of their first tracks
   * @throws FleetError NOT_FOUND; CONFLICT while its recording is in work, or when a track is not (any more) in it
   */
  split(sightingId: string, trackIds: readonly number[] | null): Promise<SplitPart[]>
  /**
   * Decides all joins of a source again, one recording after the other; after a kill the same call goes on.
   * @param radius against the deduplicator's usual reach; 0 takes back all joins
   * @throws FleetError CONFLICT while one of its recordings is in work
   */
  regroup(sourceId: string, radius: number): Promise<RegroupReport>
}

export interface RegroupingDeps extends Omit<PlanDeps, 'store'> {
  store: RegroupStore
  deduplicator: Deduplicator
}

export function createRegrouping(deps: RegroupingDeps): RegroupingService {
  const { store } = deps
  /** One decision at a time: a second one would be based on what the first is about to change. */
  let last: Promise<unknown> = Promise.resolve()
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }

  async function split(sightingId: string, trackIds: readonly number[] | null): Promise<SplitPart[]> {
    const sighting = store.sighting(sightingId)
    if (!sighting) throw new FleetError('NOT_FOUND', `there is no sighting ${sightingId}`)
    const { videoId } = sighting
    refuseInWork(store, videoId)
    const tracks = inOrder(store.tracks(videoId).filter((track) => track.sightingId === sightingId))
    const own = store.sightings(videoId).filter((joined) => joined.sighting.id === sightingId)
    const plan = new RegroupPlan(deps, joinsOf(own, tracks))
    const groups = partsOf(sighting, tracks, trackIds).map((part) => {
      const group = new TrackGroup(sighting)
      for (const { trackId, endedMs } of part) group.add(trackId, store.detections(videoId, trackId), endedMs)
      return group
    })
    for (const group of groups) await plan.add(group)
    const regrouping = plan.regrouping(videoId)
    if (regrouping) store.commit(regrouping)
    return groups.map((group, at) => ({
      sighting: must(plan.sightings[at], 'a sighting of each group'),
      trackIds: group.trackIds,
    }))
  }

  async function regroupVideo(videoId: string, deduplicator: Deduplicator) {
    const tracks = store.tracks(videoId)
    const sightings = store.sightings(videoId)
    const joins = joinsOf(sightings, tracks)
    const plan = new RegroupPlan(deps, joins)
    const fixed = must(sightings[0], 'a sighting of a recording that has some')
      .sighting satisfies SightingFixed
    let read = 0
    const groups = replayJoins(tracks, {
      deduplicator,
      detections(trackId) {
        const detections = store.detections(videoId, trackId)
        read += detections.length
        return detections
      },
      newGroup: () => new TrackGroup(fixed),
    })
    for (const group of groups) {
      if (group) await plan.add(group)
      if (read < DETECTIONS_AT_ONCE) continue
      read = 0
      await setImmediate()
    }
    const regrouping = plan.regrouping(videoId)
    if (regrouping) store.commit(regrouping)
    const detections = tracks.reduce((sum, track) => sum + track.detections, 0)
    return {
      changed: regrouping !== null,
      before: sightings.length,
      after: plan.sightings.length,
      detections,
    }
  }

  return {
    split: (sightingId, trackIds) => inTurn(() => split(sightingId, trackIds)),
    regroup: (sourceId, radius) =>
      inTurn(async () => {
        const deduplicator = deps.deduplicator.withRadius(radius)
        const videos = store.videosWithSightings(sourceId)
        for (const videoId of videos) refuseInWork(store, videoId)
        const report = { videos: 0, videosChanged: 0, sightingsBefore: 0, sightingsAfter: 0, detections: 0 }
        for (const videoId of videos) {
          const done = await regroupVideo(videoId, deduplicator)
          report.videos += 1
          report.videosChanged += done.changed ? 1 : 0
          report.sightingsBefore += done.before
          report.sightingsAfter += done.after
          report.detections += done.detections
        }
        return report
      }),
  }
}

/** The tracks of each part; the first is what stays when some are taken out. */
function partsOf(
  sighting: Sighting,
  tracks: readonly JoinedTrack[],
  trackIds: readonly number[] | null,
): JoinedTrack[][] {
  if (tracks.length === 0)
    throw new FleetError('CONFLICT', `sighting ${sighting.id} has no stored detections to split`)
  if (trackIds === null) return tracks.map((track) => [track])
  const own = new Set(tracks.map(({ trackId }) => trackId))
  const foreign = trackIds.find((trackId) => !own.has(trackId))
  const hint = `Its tracks are ${[...own].slice(0, 50).join(', ')}.`
  if (foreign !== undefined)
    throw new FleetError('CONFLICT', `track ${foreign} is not one of sighting ${sighting.id}`, { hint })
  const taken = new Set(trackIds)
  if (taken.size === own.size)
    throw new FleetError(
      'INVALID_INPUT',
      'these are all tracks of the sighting: nothing would be left of it',
      {
        hint,
      },
    )
  return [
    tracks.filter(({ trackId }) => !taken.has(trackId)),
    tracks.filter(({ trackId }) => taken.has(trackId)),
  ]
}

function refuseInWork(store: Pick<RegroupStore, 'isInWork'>, videoId: string): void {
  if (store.isInWork(videoId)) throw recordingInWork(videoId)
}

function recordingInWork(videoId: string): FleetError {
  return new FleetError('CONFLICT', `recording ${videoId} is still being worked on: its sightings may grow`, {
    hint: 'Wait until it is worked through, or disable its source (cancel its job) first; then ask again.',
  })
}
