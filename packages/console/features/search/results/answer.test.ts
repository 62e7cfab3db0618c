import type { FindOutput, FindResult, StreamEvent } from '@sam3-fleet/shared/search/find'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refKey } from '../question.ts'
import { nextAnswer, NO_ANSWER, type Answer } from './answer.ts'

const BANDS = ['strong', 'likely', 'weak'] as const

function result(id: number, part: Partial<FindResult> = {}): FindResult {
  return {
    sightingId: `0190a000-0000-7000-8000-${String(id).padStart(12, '0')}`,
    deviceId: 'gate-0007',
    deviceName: 'gate-7',
    sourceId: '0190a000-0000-7000-8000-000000000001',
    sourceName: 'Side gate',
    videoId: '0190a000-0000-7000-8000-000000000002',
    frameIdx: 1,
    label: 'person',
    description: 'a person',
    attributes: { colours: [], size: 'small', place: 'centre', movement: '' },
    textPrompt: null,
    confidence: 0.9,
    similarity: 0.4,
    band: 'strong',
    bbox: [0, 0, 0.1, 0.2],
    count: 1,
    firstSeen: '2026-11-23T12:00:00.000Z',
    lastSeen: '2026-11-23T12:00:01.000Z',
    state: 'closed',
    media: null,
    ...part,
  }
}

const output = (results: FindResult[], nextCursor: string | null = null): FindOutput => ({
  results,
  coverage: [],
  interpretation: null,
  nextCursor,
  timing: { totalMs: 1, encodeMs: 0, searchMs: 1, liveMs: 0 },
})
const heard = (results: FindResult[], type: StreamEvent['type'] = 'results') => ({
  type: 'heard' as const,
  event: (type === 'done'
    ? { type, output: output(results) }
    : { type, from: 'device', deviceId: 'gate-0007', output: output(results) }) satisfies StreamEvent,
})
const keys = (results: readonly FindResult[]): string[] => results.map(refKey)
const run = (steps: Parameters<typeof nextAnswer>[1][]): Answer => steps.reduce(nextAnswer, NO_ANSWER)

const ranking = fc
  .uniqueArray(fc.nat(30), { maxLength: 12 })
  .chain((ids) =>
    fc.tuple(...ids.map((id) => fc.constantFrom(...BANDS).map((band) => result(id, { band })))),
  ) as fc.Arbitrary<FindResult[]>

describe('an answer that streams in', () => {
  it('never moves, re-bands or drops what is already shown', () => {
    fc.assert(
      fc.property(fc.array(ranking, { minLength: 1, maxLength: 6 }), (rankings) => {
        let answer = NO_ANSWER
        for (const results of rankings) {
          const before = answer.shown
          answer = nextAnswer(answer, heard(results))
          if (before.length === 0) continue
          expect(keys(answer.shown)).toEqual(keys(before))
          expect(answer.shown.map((one) => one.band)).toEqual(before.map((one) => one.band))
        }
      }),
    )
  })

  it('loses nothing and doubles nothing of the newest ranking', () => {
    fc.assert(
      fc.property(fc.array(ranking, { minLength: 1, maxLength: 6 }), (rankings) => {
        const answer = run(rankings.map((results) => heard(results)))
        const all = [...keys(answer.shown), ...keys(answer.held)]
        expect(new Set(all).size).toBe(all.length)
        expect(all).toEqual(expect.arrayContaining(keys(rankings.at(-1) ?? [])))
      }),
    )
  })

  it('shows the newest ranking in its own order once the reader wants what came later', () => {
    fc.assert(
      fc.property(ranking, ranking, (first, second) => {
        const answer = run([heard(first), heard(second), { type: 'wanted' }])
        expect(keys(answer.shown).slice(0, second.length)).toEqual(keys(second))
        expect(answer.held).toEqual([])
        expect(new Set(keys(answer.shown))).toEqual(new Set([...keys(first), ...keys(second)]))
      }),
    )
  })

  it('takes a newer version in the place of the older one', () => {
    const answer = run([heard([result(1), result(2)]), heard([result(2), result(1, { count: 9 })])])
    expect(answer.shown.map((one) => one.count)).toEqual([9, 1])
  })

  it('is done only when the stream says so', () => {
    expect(run([heard([result(1)])]).done).toBe(false)
    expect(run([heard([result(1)]), heard([result(1)], 'done')]).done).toBe(true)
  })
})

describe('a new question', () => {
  it('leaves the old results where they are until its own come, then replaces them', () => {
    const asked = run([heard([result(1)]), { type: 'asked' }])
    expect(keys(asked.shown)).toEqual(keys([result(1)]))
    expect(asked.outdated).toBe(true)
    const answered = nextAnswer(asked, heard([result(2)]))
    expect(keys(answered.shown)).toEqual(keys([result(2)]))
    expect(answered.outdated).toBe(false)
  })
})

describe('a further page', () => {
  it('goes behind what is shown, without what is there already', () => {
    const answer = run([
      heard([result(1), result(2)]),
      { type: 'page', output: output([result(2), result(3)], 'more') },
    ])
    expect(keys(answer.shown)).toEqual(keys([result(1), result(2), result(3)]))
    expect(answer.nextCursor).toBe('more')
  })
})
