// Tracks against identities: IDF1 (Ristani et al., ECCV workshops 2016) and how many tracks one person falls into.
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { assign } from '@sam3-fleet/edge-agent/track/assignment'
import { matchBoxes } from './match-boxes.ts'

const OVERLAP_MIN = 0.5

export interface TrackedFrame {
  tracks: readonly { id: string; bbox: Bbox }[]
  people: readonly { id: string; bbox: Bbox; isIgnored: boolean }[]
}

export interface TrackingMeasure {
  idf1: number
  /** Mean over the people that any track was on. */
  tracksPerPerson: number
  /** Part of the people that at least one track was on. */
  peopleTracked: number
  people: number
  /** Tracks that were on two people for a tenth of their time each, or longer. */
  mixedTracks: number
  tracks: number
}

/** A track is on a person from this part of its own labelled time. */
const ON_PERSON_MIN = 0.1

export function measureTracking(frames: readonly TrackedFrame[]): TrackingMeasure {
  const together = new Map<string, Map<string, number>>()
  const trackFrames = new Map<string, number>()
  const personFrames = new Map<string, number>()
  for (const { tracks, people } of frames) {
    const pairs = matchBoxes(
      tracks.map(({ bbox }) => bbox),
      people.map(({ bbox }) => bbox),
      OVERLAP_MIN,
    )
    const onIgnored = new Set(
      pairs.filter(({ truth }) => people[truth]?.isIgnored === true).map(({ found }) => found),
    )
    for (const [at, { id }] of tracks.entries()) if (!onIgnored.has(at)) count(trackFrames, id)
    for (const { id, isIgnored } of people) if (!isIgnored) count(personFrames, id)
    for (const { found, truth } of pairs) {
      const [track, person] = [tracks[found], people[truth]]
      if (!track || !person || person.isIgnored) continue
      const of = together.get(track.id) ?? new Map<string, number>()
      together.set(track.id, of)
      count(of, person.id)
    }
  }
  const idTruePositives = bestPairing(together)
  const [found, asked] = [sumOf(trackFrames), sumOf(personFrames)]
  const onPerson = [...together].map(([track, people]) =>
    [...people].filter(([, onFrames]) => onFrames >= ON_PERSON_MIN * (trackFrames.get(track) ?? 0)),
  )
  const tracksOf = new Map<string, number>()
  for (const people of onPerson) for (const [person] of people) count(tracksOf, person)
  return {
    idf1: found + asked === 0 ? 0 : (2 * idTruePositives) / (found + asked),
    tracksPerPerson: tracksOf.size === 0 ? 0 : sumOf(tracksOf) / tracksOf.size,
    peopleTracked: personFrames.size === 0 ? 0 : tracksOf.size / personFrames.size,
    people: personFrames.size,
    mixedTracks: onPerson.filter((people) => people.length > 1).length,
    tracks: together.size,
  }
}

/** Each person keeps one track and each track one person, so that together they share the most frames. */
function bestPairing(together: ReadonlyMap<string, ReadonlyMap<string, number>>): number {
  const tracks = [...together.values()]
  const people = [...new Set(tracks.flatMap((of) => [...of.keys()]))]
  const framesOf = (track: number, person: number): number => tracks[track]?.get(people[person] ?? '') ?? 0
  const most = Math.max(1, ...tracks.flatMap((of) => [...of.values()]))
  const pairs = assign(
    tracks.length,
    people.length,
    (track, person) => {
      const frames = framesOf(track, person)
      return frames === 0 ? Infinity : 1 - frames / most
    },
    1,
  )
  return pairs.reduce((sum, [track, person]) => sum + framesOf(track, person), 0)
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, value) => sum + value, 0)
}
