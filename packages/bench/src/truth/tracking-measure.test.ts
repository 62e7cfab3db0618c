import { describe, expect, test } from 'vitest'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { measureTracking, type TrackedFrame } from './tracking-measure.ts'

const at = (n: number, row = 0): Bbox => [0.05 + n * 0.02, 0.1 + row * 0.4, 0.1, 0.2]

/** Ten frames of two people; `trackOf` names the track that is on a person in a frame, or none. */
function frames(trackOf: (person: 'a' | 'b', n: number) => string | null): TrackedFrame[] {
  return Array.from({ length: 10 }, (_, n) => {
    const people = [
      { id: 'a', bbox: at(n), isIgnored: false },
      { id: 'b', bbox: at(n, 1), isIgnored: false },
    ]
    const tracks = people.flatMap(({ id, bbox }) => {
      const track = trackOf(id as 'a' | 'b', n)
      return track === null ? [] : [{ id: track, bbox }]
    })
    return { tracks, people }
  })
}

describe('tracks against identities', () => {
  test('one track on each person all the time is perfect', () => {
    expect(measureTracking(frames((person) => person))).toEqual({
      idf1: 1,
      tracksPerPerson: 1,
      peopleTracked: 1,
      people: 2,
      mixedTracks: 0,
      tracks: 2,
    })
  })

  test('a person that falls into two tracks keeps only one of them', () => {
    const broken = measureTracking(frames((person, n) => (person === 'a' && n >= 5 ? 'a2' : person)))
    expect(broken).toMatchObject({ idf1: 15 / 20, tracksPerPerson: 1.5, mixedTracks: 0, tracks: 3 })
  })

  test('tracks that change people are mixed, and count for one person only', () => {
    const swapped = measureTracking(frames((person, n) => ((person === 'a') === n < 5 ? 'first' : 'second')))
    expect(swapped).toMatchObject({ idf1: 0.5, mixedTracks: 2 })
  })

  test('somebody nobody follows lowers the part that is followed', () => {
    const measure = measureTracking(frames((person) => (person === 'a' ? 'a' : null)))
    expect(measure.peopleTracked).toBe(0.5)
    expect(measure.idf1).toBeCloseTo((2 * 10) / (10 + 20), 9)
  })
})
