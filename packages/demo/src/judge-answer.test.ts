import { describe, expect, test } from 'vitest'
import type { FindResult } from '@sam3-fleet/shared/search/find'
import { judgeAnswer } from './judge-answer.ts'

function result(part: Partial<FindResult> & { colours?: string[] }): FindResult {
  return {
    deviceId: 'demo-gate',
    deviceName: 'Gate',
    label: 'person',
    description: 'a person in red',
    band: 'strong',
    attributes: {
      colours: (part.colours ?? ['red']).map((name) => ({ name, share: 0.5 })),
      size: 'small',
      place: '',
      movement: '',
    },
    ...part,
  } as FindResult
}

describe('judging an answer of the demo', () => {
  const query = {
    q: 'person in red',
    expect: { labels: ['person'], colours: ['red'], device: 'gate', within: 2 },
  }

  test('a right result within the asked ranks passes and its rank is told', () => {
    expect(judgeAnswer(query, { results: [result({ colours: ['blue'] }), result({})] })).toMatchObject({
      right: true,
      rank: 2,
    })
  })

  test('a right result that comes too late, wrong labels, colours and devices fail', () => {
    const wrong = [
      result({ label: 'car' }),
      result({ colours: ['blue'] }),
      result({ deviceId: 'demo-street' }),
    ]
    expect(judgeAnswer(query, { results: [...wrong, result({})] })).toMatchObject({ right: false, rank: 4 })
    expect(judgeAnswer(query, { results: wrong })).toMatchObject({ right: false, rank: null })
  })

  test('a thing that is not there may be answered weakly or not at all, never surely', () => {
    const absent = { q: 'elephant', absent: true } as const
    expect(judgeAnswer(absent, { results: [] }).right).toBe(true)
    expect(judgeAnswer(absent, { results: [result({ band: 'weak' })] }).right).toBe(true)
    expect(judgeAnswer(absent, { results: [result({ band: 'likely' })] }).right).toBe(false)
  })
})
