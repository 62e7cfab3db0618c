import { deserialize, serialize } from 'node:v8'
import { describe, expect, test } from 'vitest'
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import { createByteTracker } from './byte-tracker.ts'
import { paintScene, type PaintedPerson } from './testing/painted-scene.ts'
import { trackerStateSchema } from './tracker-state.ts'

const STEP_MS = 200
const red = { upper: [180, 30, 40], lower: [30, 40, 90] } as const
const pale = { upper: [190, 205, 225], lower: [25, 25, 25] } as const

interface Scene {
  /** In the picture. */
  people: PaintedPerson[]
  /** Those of them that the detector finds. */
  found: PaintedPerson[]
}

const person = (x: number, clothes: Pick<PaintedPerson, 'upper' | 'lower'>, y = 0.4): PaintedPerson => ({
  bbox: [x, y, 0.06, 0.2],
  ...clothes,
})
const toObject = ({ bbox }: PaintedPerson): DetectedObject => ({
  label: 'person',
  confidence: 0.8,
  bbox,
  mask: null,
  colours: [],
})

/** The track on each found person, by its clothes and frame; with `breakAfter` another tracker goes on from there. */
function follow(scenes: readonly Scene[], { withPicture = true, breakAfter = -1 } = {}) {
  const options = { trackThreshold: 0.4, lastTrackId: 0 }
  let tracker = createByteTracker(options)
  const clothesOf = new Map<DetectedObject, 'red' | 'pale'>()
  const tracks = { red: [] as number[], pale: [] as number[] }
  for (const [frameIdx, { people, found }] of scenes.entries()) {
    const objects = found.map(toObject)
    for (const [n, object] of objects.entries())
      clothesOf.set(object, found[n]?.upper === red.upper ? 'red' : 'pale')
    const ptsMs = frameIdx * STEP_MS
    const image = withPicture ? paintScene(people) : null
    const { hits } = tracker.update({ frameIdx, ptsMs, tsMs: ptsMs }, objects, [], image)
    for (const { object, trackId } of hits) tracks[clothesOf.get(object) ?? 'red'].push(trackId)
    if (frameIdx !== breakAfter) continue
    const state = trackerStateSchema.parse(deserialize(serialize(tracker.state())))
    tracker = createByteTracker({ ...options, state })
  }
  return { red: [...new Set(tracks.red)], pale: [...new Set(tracks.pale)] }
}

/** They walk towards each other, stand as one for four frames, then go on as `after` says. */
function meeting(after: (n: number) => { red: number; pale: number }): Scene[] {
  return Array.from({ length: 30 }, (_, n) => {
    const at = n < 13 ? { red: 0.2 + n * 0.02, pale: 0.74 - n * 0.02 } : after(n - 13)
    const people = [person(at.red, red), person(at.pale, pale, 0.41)]
    return { people, found: n >= 13 && n < 17 ? people.slice(1) : people }
  })
}
const turnBack = meeting((n) => ({
  red: 0.46 - Math.max(0, n - 3) * 0.02,
  pale: 0.48 + Math.max(0, n - 3) * 0.02,
}))
const passOn = meeting((n) => ({ red: 0.46 + n * 0.02, pale: 0.48 - n * 0.02 }))

describe('two people who meet', () => {
  test('keep their tracks when they turn back, which their ways alone would not tell', () => {
    const { red, pale } = follow(turnBack)
    expect([red, pale]).toEqual([[1], [2]])
    const byWays = follow(turnBack, { withPicture: false })
    expect([byWays.red, byWays.pale]).not.toEqual([[1], [2]])
  })

  test('keep their tracks when they pass', () => {
    const { red, pale } = follow(passOn)
    expect([red, pale]).toEqual([[1], [2]])
  })

  test('are kept apart also by a tracker that goes on from a kept state', () => {
    for (const breakAfter of [8, 12, 14, 17, 20])
      expect(follow(turnBack, { breakAfter })).toEqual(follow(turnBack))
  })
})

describe('behind a post', () => {
  /** Out of sight for a second, then well off the way that it was on. */
  const comesBack = (clothes: typeof red | typeof pale): Scene[] =>
    Array.from({ length: 30 }, (_, n) => {
      const people = [n < 15 ? person(0.2 + n * 0.02, red) : person(0.5, clothes, 0.5)]
      return { people: n >= 15 && n < 20 ? [] : people, found: n >= 15 && n < 20 ? [] : people }
    })

  test('who looks the same is the same, also where nobody was expected', () => {
    expect(follow(comesBack(red)).red).toEqual([1])
    expect(follow(comesBack(red), { withPicture: false }).red).toEqual([1, 2])
  })

  test('who looks different is somebody else, also where somebody was expected', () => {
    const stranger = Array.from({ length: 30 }, (_, n): Scene => {
      // A third of a width beside the way: near enough for whoever does not look.
      const people = [n < 15 ? person(0.2 + n * 0.02, red) : person(0.22 + n * 0.02, pale)]
      return { people, found: people }
    })
    expect(follow(stranger)).toEqual({ red: [1], pale: [2] })
    expect(follow(stranger, { withPicture: false }).pale).toEqual([1])
    expect(follow(comesBack(pale)).pale).toEqual([2])
  })
})

test('who is covered by another keeps what he looks like', () => {
  // The red one stands; the pale one stops before him for two seconds, both are found all the time.
  const scenes = Array.from({ length: 40 }, (_, n): Scene => {
    const paleX = n < 15 ? 0.2 + n * 0.018 : n < 25 ? 0.47 : 0.47 + (n - 25) * 0.018
    const people = [person(0.5, red), person(paleX, pale, 0.43)]
    return { people, found: people }
  })
  expect(follow(scenes)).toEqual({ red: [1], pale: [2] })
})

test('a light that goes out changes nobody, where everybody is where they should be', () => {
  const dark = { upper: [45, 8, 10], lower: [8, 10, 22] } as const
  const scenes = Array.from({ length: 30 }, (_, n): Scene => {
    const shown = [person(0.2 + n * 0.01, n < 15 ? red : dark)]
    return { people: shown, found: shown }
  })
  const { red: before, pale: after } = follow(scenes)
  expect([before, after]).toEqual([[1], [1]])
})
