// Judges one answer against what a person called right: pure, so that the check itself can be tested.
import type { FindOutput, FindResult } from '@sam3-fleet/shared/search/find'
import type { DemoQuery, Expectation } from './queries.ts'

export interface Verdict {
  q: string
  right: boolean
  /** 1 for the first; null when no right result came. */
  rank: number | null
  why: string
}

/** Device ids of the demo are `demo-<key>`. */
export function judgeAnswer(query: DemoQuery, answer: Pick<FindOutput, 'results'>): Verdict {
  if ('absent' in query) {
    const claimed = answer.results.filter((result) => result.band === 'strong' || result.band === 'likely')
    const first = claimed[0]
    return first
      ? {
          q: query.q,
          right: false,
          rank: null,
          why: `nothing of the kind is there, yet "${first.description}" is called ${first.band}`,
        }
      : { q: query.q, right: true, rank: null, why: 'nothing is claimed, as it should be' }
  }
  const at = answer.results.findIndex((result) => isRight(result, query.expect))
  const rank = at < 0 ? null : at + 1
  const right = rank !== null && rank <= query.expect.within
  const found = answer.results[Math.max(at, 0)]
  return {
    q: query.q,
    right,
    rank,
    why: found ? `${found.deviceName}: ${found.description} (${found.band})` : 'nothing was found',
  }
}

function isRight(result: FindResult, expect: Expectation): boolean {
  const shown = result.attributes.colours.map((colour) => colour.name)
  return (
    expect.labels.includes(result.label) &&
    (expect.device === undefined || result.deviceId === `demo-${expect.device}`) &&
    (expect.colours === undefined || expect.colours.some((colour) => shown.includes(colour)))
  )
}
