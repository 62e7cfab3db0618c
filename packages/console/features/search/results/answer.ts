// Events of one question in, what stands on the screen out. What one sees never moves by itself: later finds wait
// beside it until they are asked for, and what is there only gets newer in its place.
import type { FindOutput, FindResult, StreamEvent } from '@sam3-fleet/shared/search/find'
import { refKey } from '../question.ts'

export interface Answer {
  /** In the order in which it is shown. */
  shown: readonly FindResult[]
  /** Found since, in the order of the newest ranking; shown when the reader wants them. */
  held: readonly FindResult[]
  /** The newest answer as a whole: ranking, coverage, interpretation, timing. */
  latest: FindOutput | null
  /** Whether everybody who was asked has answered or is counted as late. */
  done: boolean
  /** Where the next page begins; pages already added move it on. */
  nextCursor: string | null
  /** Whether what is shown belongs to the question before this one. */
  outdated: boolean
}

export const NO_ANSWER: Answer = {
  shown: [],
  held: [],
  latest: null,
  done: false,
  nextCursor: null,
  outdated: false,
}

export type AnswerStep =
  | { type: 'asked' }
  | { type: 'heard'; event: StreamEvent }
  | { type: 'wanted' }
  | { type: 'page'; output: FindOutput }

export function nextAnswer(answer: Answer, step: AnswerStep): Answer {
  switch (step.type) {
    case 'asked':
      return { ...answer, held: [], done: false, outdated: answer.latest !== null }
    case 'heard':
      return hear(answer, step.event)
    case 'wanted':
      return showHeld(answer)
    case 'page':
      return addPage(answer, step.output)
  }
}

function hear(answer: Answer, { type, output }: StreamEvent): Answer {
  const told = { latest: output, done: type === 'done', outdated: false }
  const isFirst = answer.latest === null || answer.outdated || answer.shown.length === 0
  if (isFirst) return { ...answer, ...told, shown: output.results, held: [], nextCursor: output.nextCursor }
  const newest = byKey(output.results)
  const shownKeys = new Set(answer.shown.map(refKey))
  return {
    ...answer,
    ...told,
    shown: answer.shown.map((one) => inPlace(one, newest.get(refKey(one)))),
    held: output.results.filter((one) => !shownKeys.has(refKey(one))),
  }
}

/** A newer version keeps the band under which it stands, or it would jump to another section. */
function inPlace(shown: FindResult, newer: FindResult | undefined): FindResult {
  return newer ? { ...newer, band: shown.band, similarity: shown.similarity } : shown
}

/** Takes over the newest ranking; what is shown and not in it (further pages) stays behind it. */
function showHeld(answer: Answer): Answer {
  const ranking = answer.latest?.results ?? []
  const ranked = new Set(ranking.map(refKey))
  return {
    ...answer,
    shown: [...ranking, ...answer.shown.filter((one) => !ranked.has(refKey(one)))],
    held: [],
  }
}

function addPage(answer: Answer, output: FindOutput): Answer {
  const known = new Set([...answer.shown, ...answer.held].map(refKey))
  const added = output.results.filter((one) => !known.has(refKey(one)))
  return { ...answer, shown: [...answer.shown, ...added], nextCursor: output.nextCursor }
}

function byKey(results: readonly FindResult[]): Map<string, FindResult> {
  return new Map(results.map((one) => [refKey(one), one]))
}
