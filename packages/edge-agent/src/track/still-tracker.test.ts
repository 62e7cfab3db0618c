import { expect, test } from 'vitest'
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import { createStillTracker } from './still-tracker.ts'

const thing = (confidence: number, x: number): DetectedObject => ({
  label: 'cup',
  confidence,
  bbox: [x, 0.1, 0.1, 0.1],
  mask: null,
  colours: [],
})

test('every sure object of a picture is a track by itself, and a weak one is none', () => {
  const tracker = createStillTracker({ trackThreshold: 0.4, lastTrackId: 7 })
  const time = { frameIdx: 0, ptsMs: 0, tsMs: 1_000 }
  const objects = [thing(0.9, 0.1), thing(0.39, 0.3), thing(0.4, 0.5)]
  const { hits, ended } = tracker.update(time, objects)
  expect(hits).toEqual([
    { ...time, trackId: 8, object: objects[0] },
    { ...time, trackId: 9, object: objects[2] },
  ])
  expect([ended, tracker.finish(), tracker.finish()]).toEqual([[], [8, 9], []])
})
