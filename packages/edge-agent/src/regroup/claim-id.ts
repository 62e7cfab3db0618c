// Which sighting a group of tracks is: the one whose picture it has. So that nothing changes its name without need, and
// what a person sees under a name stays there.
import type { JoinedSighting, JoinedTrack } from '../store/regroup-store.ts'

/** How the tracks of a recording are joined now. */
export interface Joins {
  sightingOf(trackId: number): KnownSighting
}

export interface KnownSighting extends JoinedSighting {
  trackIds: ReadonlySet<number>
  /** Where its exemplar is, or its first track when that detection was not kept. */
  homeTrackId: number
}

export interface Claim {
  /** Sightings that have a track in the group, oldest name first. */
  members: KnownSighting[]
  /** Those of them whose exemplar is in the group: the first gives its name, the others are gone. */
  living: KnownSighting[]
  /** The group is just what one sighting is already. */
  isUnchanged: boolean
}

export function joinsOf(sightings: readonly JoinedSighting[], tracks: readonly JoinedTrack[]): Joins {
  const tracksOf = Map.groupBy(tracks, ({ sightingId }) => sightingId)
  const ofTrack = new Map<number, KnownSighting>()
  for (const joined of sightings) {
    const own = (tracksOf.get(joined.sighting.id) ?? []).map(({ trackId }) => trackId)
    const homeTrackId = joined.exemplarTrackId ?? Math.min(...own)
    const known = { ...joined, trackIds: new Set(own), homeTrackId }
    for (const trackId of own) ofTrack.set(trackId, known)
  }
  return {
    sightingOf(trackId) {
      const known = ofTrack.get(trackId)
      if (!known) throw new Error(`track ${trackId} has no sighting`)
      return known
    },
  }
}

export function claimId(trackIds: readonly number[], joins: Joins): Claim {
  const group = new Set(trackIds)
  // Ids are made in the order of time.
  const members = [...new Set(trackIds.map((trackId) => joins.sightingOf(trackId)))].sort((a, b) =>
    a.sighting.id < b.sighting.id ? -1 : 1,
  )
  const [first] = members
  return {
    members,
    living: members.filter(({ homeTrackId }) => group.has(homeTrackId)),
    isUnchanged: members.length === 1 && first?.trackIds.size === group.size,
  }
}
