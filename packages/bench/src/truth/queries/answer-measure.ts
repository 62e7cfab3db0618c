// Judged answers in, the figures of one half of the queries out.
import type { Band } from '@sam3-fleet/shared/search/band'
import type { Verdict } from './judge-result.ts'

/** What one query was answered with, best first. */
export interface JudgedAnswer {
  isAbsent: boolean
  results: readonly { band: Band; verdict: Verdict }[]
}

export interface AnswerMeasure {
  /** Queries for which something is there. */
  asked: number
  /** Part of them whose first answer, or one of the first five, is right; answers that people would not agree on are passed over. */
  firstRight: number
  inFirstFive: number
  /** Queries for things that are not there, and the part of them of which nothing better than weak is said. */
  absent: number
  absentQuiet: number
  /** Answers called strong that can be judged, and the part of them that is right. */
  strong: number
  strongRight: number
  /** The same, each query counting once. */
  strongRightPerQuery: number
}

const FIRST_FEW = 5

export function measureAnswers(answers: readonly JudgedAnswer[]): AnswerMeasure {
  const present = answers.filter(({ isAbsent }) => !isAbsent).map(judgeable)
  const absent = answers.filter(({ isAbsent }) => isAbsent)
  const strong = answers
    .map((answer) => judgeable(answer).filter(({ band }) => band === 'strong'))
    .filter((results) => results.length > 0)
  return {
    asked: present.length,
    firstRight: share(present, (results) => results[0]?.verdict === 'right'),
    inFirstFive: share(present, (results) =>
      results.slice(0, FIRST_FEW).some(({ verdict }) => verdict === 'right'),
    ),
    absent: absent.length,
    absentQuiet: share(absent, ({ results }) => results.every(({ band }) => band === 'weak')),
    strong: strong.flat().length,
    strongRight: rightIn(strong.flat()),
    strongRightPerQuery:
      strong.reduce((sum, results) => sum + rightIn(results), 0) / Math.max(1, strong.length),
  }
}

function judgeable({ results }: JudgedAnswer): JudgedAnswer['results'] {
  return results.filter(({ verdict }) => verdict !== 'open')
}

function rightIn(results: JudgedAnswer['results']): number {
  return share(results, ({ verdict }) => verdict === 'right')
}

/** 1 of none: nothing was wrong. */
function share<T>(of: readonly T[], holds: (one: T) => boolean): number {
  return of.length === 0 ? 1 : of.filter(holds).length / of.length
}
