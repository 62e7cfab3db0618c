// The judge decides what the figures say of answers, so each of its rules is held to by itself.
import { describe, expect, test } from 'vitest'
import { judgeResult, type ShownThing } from './judge-result.ts'
import type { Query, Thing } from './query-truth.ts'

const walker: Thing = {
  file: 'street.avi',
  label: 'person',
  static: false,
  spans: [[0, 100]],
  refs: [
    { frameIdx: 10, box: [0, 0, 10, 20] },
    { frameIdx: 40, box: [30, 0, 10, 20] },
    { frameIdx: 90, box: [80, 0, 10, 20] },
  ],
}
const parked: Thing = {
  file: 'street.avi',
  label: 'car',
  static: true,
  spans: [[0, 50]],
  refs: [{ frameIdx: 5, box: [200, 50, 40, 20] }],
}
const truth = { things: { walker, parked } }
const query = (part: Partial<Query> = {}): Query => ({
  id: 'q',
  text: 'q',
  half: 'tune',
  tags: [],
  right: [],
  wrong: [],
  maybe: [],
  during: {},
  ...part,
})
const shown = (frameIdx: number, box: ShownThing['boxes'][number]['box'], part = {}): ShownThing => ({
  file: 'street.avi',
  label: 'person',
  boxes: [{ frameIdx, box }],
  ...part,
})
const right = (thing: ShownThing, part: Partial<Query> = {}): string =>
  judgeResult(thing, query({ right: ['walker', 'parked'], ...part }), truth)

describe('a result is a thing', () => {
  test('where its box is that of a reference, up to five frames away', () => {
    expect([right(shown(15, [1, 1, 10, 20])), right(shown(4, [1, 1, 10, 20]))]).toEqual(['right', 'wrong'])
  })

  test('between two references that are near in time, not where they are far', () => {
    expect([right(shown(25, [15, 0, 10, 20])), right(shown(65, [55, 0, 10, 20]))]).toEqual(['right', 'wrong'])
  })

  test('that stands, in any frame of its span', () => {
    const at = (frameIdx: number): string => right(shown(frameIdx, [202, 51, 40, 20]))
    expect([at(45), at(51)]).toEqual(['right', 'wrong'])
  })

  test('of its own file only, and only where the boxes share enough', () => {
    expect(right(shown(10, [0, 0, 10, 20], { file: 'other.avi' }))).toBe('wrong')
    expect(right(shown(10, [6, 0, 10, 20]))).toBe('wrong')
  })

  test('only while it does what was asked for, where that is said', () => {
    const during = { walker: [30, 50] as [number, number] }
    expect([
      right(shown(10, [0, 0, 10, 20]), { during }),
      right(shown(40, [30, 0, 10, 20]), { during }),
    ]).toEqual(['wrong', 'right'])
  })
})

describe('the first rule that fits decides', () => {
  const both: ShownThing = {
    file: 'street.avi',
    label: 'person',
    boxes: [
      { frameIdx: 10, box: [0, 0, 10, 20] },
      { frameIdx: 10, box: [200, 50, 40, 20] },
    ],
  }

  test('right before wrong, wrong before open', () => {
    expect(judgeResult(both, query({ right: ['walker'], wrong: ['parked'] }), truth)).toBe('right')
    expect(judgeResult(both, query({ maybe: ['walker'], wrong: ['parked'] }), truth)).toBe('wrong')
    expect(judgeResult(both, query({ maybe: ['walker'] }), truth)).toBe('open')
  })

  test('others of a kind in the named frames, and open where only eyes can tell', () => {
    const alsoRight = { file: 'street.avi', label: ['person'], from: 60, to: 70 }
    const other = (frameIdx: number): ShownThing => shown(frameIdx, [400, 0, 10, 20])
    expect(judgeResult(other(65), query({ alsoRight }), truth)).toBe('right')
    expect(judgeResult(other(71), query({ alsoRight }), truth)).toBe('wrong')
    expect(judgeResult(other(65), query({ alsoRight: { ...alsoRight, label: ['car'] } }), truth)).toBe(
      'wrong',
    )
    expect(judgeResult(other(65), query({ alsoRight: { ...alsoRight, needs: 'paper' } }), truth)).toBe('open')
  })
})
