import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { expect, it } from 'vitest'
import { recallAtPrecision } from './detection-measure.ts'
import { judgePhoto } from './photo-judge.ts'
import { clipTruthSchema } from './truth-files.ts'

const van = { box: [0, 0, 100, 100], label: 'car', also: ['truck'] }
const VAN: Bbox = [0, 0, 0.25, 0.25]
const AWAY: Bbox = [0.6, 0.6, 0.3, 0.3]
const photo = (frame: object) =>
  clipTruthSchema.parse({
    clip: 'a.jpg',
    width: 400,
    height: 400,
    frames: [{ frameIdx: 0, half: 'tune', boxes: [van], ...frame }],
  })
const found = (label: string, bbox: Bbox, confidence = 0.9) => ({ label, bbox, confidence })

it('takes each name that a person might say, and other names for its place alone', () => {
  for (const [label, kinds] of [
    ['car', 1],
    ['truck', 1],
    ['boat', 0],
  ] as const) {
    const frames = judgePhoto(photo({}), [found(label, VAN)])
    expect(recallAtPrecision([frames.kinds], 0.95).recall).toBe(kinds)
    expect(recallAtPrecision([frames.places], 0.95).recall).toBe(1)
  }
})

it('holds a surplus box against the finder, but not one of a crowd, of an unclear thing or lower than labels go', () => {
  const recall = (frame: object, surplus: ReturnType<typeof found>): number =>
    recallAtPrecision([judgePhoto(photo(frame), [surplus, found('car', VAN, 0.5)]).places], 0.95).recall
  const unclear = { box: [240, 240, 120, 120], label: 'dog', ignore: true }
  expect(recall({}, found('dog', AWAY))).toBe(0)
  expect(recall({ crowd: ['dog'] }, found('dog', AWAY))).toBe(1)
  expect(recall({ crowd: ['cat'] }, found('dog', AWAY))).toBe(0)
  expect(recall({ boxes: [van, unclear] }, found('dog', AWAY))).toBe(1)
  expect(recall({}, found('dog', [0.6, 0.6, 0.09, 0.09]))).toBe(1)
})
