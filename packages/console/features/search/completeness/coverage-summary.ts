// How complete an answer is: the statement for each device in, the parts of one sentence out, worst news last.
import type { Coverage } from '@sam3-fleet/shared/search/find'

/** Devices in trouble that a sentence names; the rest is counted. */
const NAMED_MAX = 2

export interface CoverageSummary {
  total: number
  complete: number
  /** The answer is complete to here for those that are; null when none is. */
  completeToMs: number | null
  /** In the order in which they are named. */
  named: Coverage[]
  /** In trouble and not named. */
  others: number
}

export function summariseCoverage(coverage: readonly Coverage[]): CoverageSummary {
  const complete = coverage.filter(({ state }) => state === 'complete')
  const troubled = coverage
    .filter(({ state }) => state !== 'complete')
    .toSorted((a, b) => RANK[a.state] - RANK[b.state] || b.behind - a.behind)
  const times = complete.flatMap(({ completeTo }) => (completeTo === null ? [] : [Date.parse(completeTo)]))
  return {
    total: coverage.length,
    complete: complete.length,
    completeToMs: times.length === 0 ? null : Math.min(...times),
    named: troubled.slice(0, NAMED_MAX),
    others: Math.max(0, troubled.length - NAMED_MAX),
  }
}

const RANK: Record<Coverage['state'], number> = { complete: 0, behind: 1, offline: 2, unknown: 3 }

/** The message for one device in trouble; its own words for each way in which a live answer can end. */
export function troubleKey({ state, askedLive, answered }: Coverage) {
  if (state === 'unknown') return 'unknown'
  if (state === 'offline') return 'offline'
  if (!askedLive) return 'behind'
  switch (answered) {
    case 'answered':
      return 'behindAnswered'
    case 'late':
      return 'behindLate'
    case 'refused':
      return 'behindRefused'
    case 'offline':
      return 'behindLost'
    case 'pending':
    case 'not_asked':
      return 'behindAsked'
  }
}
