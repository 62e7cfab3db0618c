import { describe, expect, test } from 'vitest'
import { createExemplarJudge } from './exemplar-judge.ts'
import { clipTruthSchema } from './truth-files.ts'

const named = (personId: string, box: number[], more = {}): object => ({
  label: 'person',
  personId,
  box,
  ...more,
})
const truth = clipTruthSchema.parse({
  clip: 'street.mp4',
  width: 1_000,
  height: 500,
  frames: [
    {
      frameIdx: 10,
      half: 'tune',
      boxes: [
        named('p1', [100, 100, 50, 100]),
        named('p2', [400, 100, 50, 100], { occluded: 0.4 }),
        named('p3', [600, 100, 50, 100], { ignore: true }),
        { label: 'car', box: [0, 300, 200, 100] },
      ],
    },
    {
      frameIdx: 20,
      half: 'tune',
      boxes: [
        named('p1', [200, 100, 50, 100], { occluded: 0.2 }),
        named('p2', [400, 100, 50, 100]),
        named('p3', [600, 100, 50, 100]),
      ],
    },
    { frameIdx: 30, half: 'test', boxes: [named('p1', [300, 100, 50, 100])] },
  ],
})
const judge = createExemplarJudge(truth, 'tune')
const person = (x: number): { label: string; bbox: [number, number, number, number] } => ({
  label: 'person',
  bbox: [x / 1_000, 0.2, 0.05, 0.2],
})

describe('the judge of exemplars', () => {
  test('knows in a labelled frame who is hidden, cut by the edge or not clear at all', () => {
    const car = { label: 'car', bbox: [0, 0.6, 0.2, 0.2] as [number, number, number, number] }
    expect(judge.judge(10, [person(600), car, person(400), person(100)])).toEqual([
      { occluded: 1, isClear: false },
      { occluded: 0, isClear: false },
      { occluded: 0.4, isClear: false },
      { occluded: 0, isClear: true },
    ])
  })

  test('knows between two labelled frames how it is with those who are clear in both', () => {
    const [walking, hidden, unclear] = judge.judge(15, [person(150), person(400), person(600)])
    expect(walking?.occluded).toBeCloseTo(0.1, 9)
    expect(walking?.isClear).toBe(true)
    expect(hidden?.isClear).toBe(false)
    expect(unclear).toBeNull()
  })

  test('speaks of things without a name only right beside their frame', () => {
    const car = { label: 'car', bbox: [0, 0.6, 0.2, 0.2] as [number, number, number, number] }
    expect(judge.judge(12, [car])[0]).not.toBeNull()
    expect(judge.judge(13, [car])[0]).toBeNull()
  })

  test('says nothing of another kind, of nobody, or of the other half', () => {
    expect(judge.judge(10, [{ ...person(100), label: 'dog' }, person(800)])).toEqual([null, null])
    expect(judge.judge(30, [person(300)])).toEqual([null])
    expect(judge.judge(25, [person(250)])).toEqual([null])
  })
})
