import { describe, expect, test } from 'vitest'
import type { KeptDetection } from '../edge-world.ts'
import { judgeQuietFrames } from './quiet-frames.ts'
import type { LabelledBox } from './truth-files.ts'

const CROP = [100, 200, 400, 200] as const

const person = (box: LabelledBox['box'], ignore = false): LabelledBox => ({
  box,
  label: 'person',
  personId: null,
  occluded: 0,
  ignore,
})
const kept = (frameIdx: number, label: string): KeptDetection => ({
  frameIdx,
  trackId: 1,
  sightingId: 's',
  label,
  confidence: 0.5,
  bbox: [0, 0, 0.1, 0.5],
})
const judge = (boxes: LabelledBox[], detections: KeptDetection[] = []) =>
  judgeQuietFrames([{ frameIdx: 4, half: 'tune', boxes }], { crop: CROP }, detections)[0]

describe('labels of a recording seen in a part of it', () => {
  test('a box inside is the same box of the part', () => {
    expect(judge([person([200, 250, 40, 100])])?.truth).toEqual([
      { bbox: [0.25, 0.25, 0.1, 0.5], isIgnored: false },
    ])
  })

  test('whoever the edge cuts is cut, and is not asked for when more than half is gone', () => {
    const half = { bbox: [0, 0.25, 0.05, 0.5], isIgnored: false }
    expect(judge([person([80, 250, 40, 100])])?.truth).toEqual([half])
    expect(judge([person([79, 250, 40, 100])])?.truth[0]?.isIgnored).toBe(true)
    expect(judge([person([10, 250, 40, 100])])?.truth).toEqual([])
  })

  test('what is ignored or too low in the recording stays so', () => {
    const truth = judge([person([200, 250, 40, 100], true), person([300, 250, 20, 39])])?.truth
    expect(truth?.map(({ isIgnored }) => isIgnored)).toEqual([true, true])
  })

  test('people of the same frame are held against the labels, and nothing else', () => {
    const found = judge([], [kept(4, 'person'), kept(4, 'bird'), kept(6, 'person')])?.found
    expect(found).toEqual([kept(4, 'person')])
  })
})
