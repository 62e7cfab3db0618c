// Figures of answers, against some that can be counted by hand.
import { expect, test } from 'vitest'
import { measureAnswers, type JudgedAnswer } from './answer-measure.ts'

type Result = JudgedAnswer['results'][number]
const [right, wrong, open]: Result[] = (['right', 'wrong', 'open'] as const).map((verdict) => ({
  band: 'strong',
  verdict,
})) as [Result, Result, Result]
const weakly = (result: Result | undefined): Result => ({ verdict: result?.verdict ?? 'wrong', band: 'weak' })
const answer = (results: (Result | undefined)[], isAbsent = false): JudgedAnswer => ({
  isAbsent,
  results: results.filter((result) => result !== undefined),
})

test('the first answer counts, and what people would not agree on is passed over', () => {
  const figures = measureAnswers([answer([open, right]), answer([wrong, right]), answer([]), answer([right])])
  expect(figures).toMatchObject({ asked: 4, firstRight: 0.5, inFirstFive: 0.75 })
})

test('the sixth answer is too late', () => {
  const late = answer([...Array.from({ length: 5 }, () => wrong), right])
  expect(measureAnswers([late])).toMatchObject({ firstRight: 0, inFirstFive: 0 })
})

test('of what is not there, weak hints are quiet and anything better is not', () => {
  const figures = measureAnswers([
    answer([], true),
    answer([weakly(wrong)], true),
    answer([{ band: 'likely', verdict: 'wrong' }], true),
    answer([open, weakly(wrong)], true),
  ])
  expect(figures).toMatchObject({ asked: 0, absent: 4, absentQuiet: 0.5 })
})

test('strong answers are counted together, and by query', () => {
  const figures = measureAnswers([
    answer([right, right, right, weakly(wrong)]),
    answer([wrong, open]),
    answer([weakly(wrong)]),
  ])
  expect(figures).toMatchObject({ strong: 4, strongRight: 0.75, strongRightPerQuery: 0.5 })
})
