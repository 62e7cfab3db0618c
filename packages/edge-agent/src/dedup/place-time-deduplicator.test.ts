import { describe, expect, test } from 'vitest'
import type { TimedBox } from '@sam3-fleet/models/describe/measured-sighting'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { RestingSighting, TrackStart } from './deduplicator.ts'
import { createPlaceTimeDeduplicator } from './place-time-deduplicator.ts'

const { findHome, isOver } = createPlaceTimeDeduplicator()

/** Walks to the right at .05 of the picture a second, for three seconds, up to x = .5. */
const walking: TimedBox[] = Array.from({ length: 16 }, (_, n) => ({
  atMs: n * 200,
  bbox: [0.35 + n * 0.01, 0.4, 0.06, 0.2],
}))
const standing: TimedBox[] = Array.from({ length: 16 }, (_, n) => ({
  atMs: n * 200,
  bbox: [0.7, 0.7, 0.2, 0.15],
}))

function resting(path: TimedBox[], part: Partial<RestingSighting> = {}): RestingSighting {
  return { sightingId: 'one', label: 'person', colours: [{ name: 'red', share: 0.6 }], path, ...part }
}
function start(bbox: Bbox, atMs: number, part: Partial<TrackStart> = {}): TrackStart {
  return { label: 'person', colours: [{ name: 'red', share: 0.5 }], box: { bbox, atMs }, ...part }
}

describe('a new track goes on with a sighting', () => {
  test('that moved, where it was going', () => {
    expect(findHome(start([0.59, 0.4, 0.06, 0.2], 4_800), [resting(walking)])).toBe('one')
  })

  test('that stands, when it is seen in the same place up to a minute later', () => {
    const car = { label: 'car' }
    expect(findHome(start([0.7, 0.71, 0.2, 0.15], 60_000, car), [resting(standing, car)])).toBe('one')
  })

  test('whose label a detector confuses with its own', () => {
    const home = findHome(start([0.7, 0.71, 0.2, 0.15], 9_000, { label: 'truck' }), [
      resting(standing, { label: 'car' }),
    ])
    expect(home).toBe('one')
  })

  test('that is nearest to where it is expected', () => {
    const near = resting(walking, { sightingId: 'near' })
    const far = resting(
      walking.map(({ atMs, bbox: [x, y, w, h] }) => ({ atMs, bbox: [x - 0.08, y, w, h] })),
      { sightingId: 'far' },
    )
    expect(findHome(start([0.55, 0.4, 0.06, 0.2], 4_000), [far, near])).toBe('near')
  })
})

describe('a new track is a new sighting', () => {
  test.each<[string, TrackStart]>([
    ['elsewhere', start([0.1, 0.4, 0.06, 0.2], 4_800)],
    ['too late', start([0.59, 0.4, 0.06, 0.2], 9_000)],
    ['before the other ended', start([0.5, 0.4, 0.06, 0.2], 2_000)],
    ['of another kind', start([0.59, 0.4, 0.06, 0.2], 4_800, { label: 'dog' })],
    ['of another size', start([0.59, 0.3, 0.12, 0.4], 4_800)],
    ['in other colours', start([0.59, 0.4, 0.06, 0.2], 4_800, { colours: [{ name: 'blue', share: 0.7 }] })],
  ])('%s', (_, track) => {
    expect(findHome(track, [resting(walking)])).toBeNull()
  })

  test('when what stands next to it only touches its place', () => {
    expect(findHome(start([0.82, 0.7, 0.2, 0.15], 9_000), [resting(standing)])).toBeNull()
  })
})

test('colours that could not be measured are no reason against a join', () => {
  expect(findHome(start([0.59, 0.4, 0.06, 0.2], 4_800, { colours: [] }), [resting(walking)])).toBe('one')
})

test('what moved is over after seconds, what stands after a minute', () => {
  expect([isOver(resting(walking), 6_900), isOver(resting(walking), 7_100)]).toEqual([false, true])
  expect([isOver(resting(standing), 62_900), isOver(resting(standing), 63_100)]).toEqual([false, true])
})

describe('the radius', () => {
  const late = start([0.7, 0.71, 0.2, 0.15], 90_000)
  const far = start([0.59, 0.5, 0.06, 0.2], 4_800)

  test('1 is as without one', () => {
    const one = createPlaceTimeDeduplicator(3).withRadius(1)
    for (const track of [late, far, start([0.59, 0.4, 0.06, 0.2], 4_800)])
      for (const path of [walking, standing])
        expect(one.findHome(track, [resting(path)])).toBe(findHome(track, [resting(path)]))
  })

  test.each<[string, TrackStart, TimedBox[]]>([
    ['time', late, standing],
    ['place, of what stands', start([0.78, 0.71, 0.2, 0.15], 9_000), standing],
    ['place, of what moves', start([0.59, 0.75, 0.06, 0.2], 4_800), walking],
  ])('joins further off in %s', (_, track, path) => {
    expect(findHome(track, [resting(path)])).toBeNull()
    expect(createPlaceTimeDeduplicator(2).findHome(track, [resting(path)])).toBe('one')
  })

  test('0 joins nothing, not even what goes on at once in the same place', () => {
    const none = createPlaceTimeDeduplicator(0)
    const same = start([0.7, 0.7, 0.2, 0.15], 3_000)
    expect(findHome(same, [resting(standing)])).toBe('one')
    expect(none.findHome(same, [resting(standing)])).toBeNull()
    expect(none.isOver(resting(standing), 3_000)).toBe(true)
  })
})
