import { describe, expect, test } from 'vitest'
import { GrowingSighting, type GrowingHit } from './growing-sighting.ts'

const FIXED = {
  id: 'one',
  sourceId: 'gate',
  sourceName: 'Gate',
  videoId: 'video',
  timeOrigin: 'live',
  spaceId: 'space@1',
} as const

function seen(confidences: readonly number[]): GrowingSighting {
  const growing = new GrowingSighting(FIXED)
  for (const [frameIdx, confidence] of confidences.entries()) growing.add(look(frameIdx, confidence), null)
  return growing
}
function look(frameIdx: number, confidence: number): GrowingHit {
  return {
    detectionId: frameIdx,
    trackId: 1,
    frameIdx,
    tsMs: frameIdx * 200,
    label: 'person',
    confidence,
    bbox: [0.4, 0.4, 0.05, 0.2],
    colours: [],
    hiddenPart: 0,
    beside: null,
  }
}
const weak = (looks: number): number[] => Array.from({ length: looks }, () => 0.4)

describe('the confidence of a sighting', () => {
  test('is that of its surest look while there are few', () => {
    expect(seen([0.4, 0.6, 0.5]).clearConfidence).toBe(0.6)
  })

  test('is not what one look or two of many lend it', () => {
    expect(seen([...weak(40), 0.7, 0.6]).clearConfidence).toBe(0.4)
    expect(seen([...weak(15), 0.7]).clearConfidence).toBe(0.4)
  })

  test('is what three looks reached, however many there are', () => {
    expect(seen([0.7, ...weak(200), 0.6, ...weak(200), 0.8]).clearConfidence).toBe(0.6)
  })

  test('is none before anything was seen', () => {
    expect(new GrowingSighting(FIXED).clearConfidence).toBe(0)
  })

  test('goes on from a kept state', () => {
    const before = seen([...weak(40), 0.7, 0.6])
    const after = GrowingSighting.from(FIXED, before.state(), null)
    for (const growing of [before, after]) growing.add(look(50, 0.65), null)
    expect(after.clearConfidence).toBe(0.6)
    expect(after.state()).toEqual(before.state())
  })
})
