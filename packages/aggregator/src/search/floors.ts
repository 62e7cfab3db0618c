// The least similarity at which a judge still calls something an answer: lets the database leave out the rest.
import type { SightingAttributes } from '@sam3-fleet/shared/domain/sighting'
import type { Judged, JudgedCandidate } from './question.ts'
import type { Preference, Tier } from '../store/nearest-query.ts'

/** Halvings of the cosine's range [-1, 1]: to 1e-6, finer than halves resolve. */
const STEPS = 21
/** Above every cosine: nothing of this tier is ever an answer. */
const NEVER = 2
/** Confidence makes no candidate an answer and none of one; the surest stands for all. */
const SUREST = 1
/** A label and a colour that no question asks for. */
const OTHER = '-'

export function floorsOf(
  judge: (candidate: JudgedCandidate) => Judged,
  { labels, colours }: Preference,
): Record<Tier, number> {
  const asked = labels[0] ?? OTHER
  const wrongLabel = labels.length === 0 ? asked : OTHER
  const lowest = (label: string, ...shown: (readonly string[])[]): number =>
    Math.min(
      ...shown.map((names) =>
        floorOf(judge, { label, attributes: attributesWith(names), confidence: SUREST }),
      ),
    )
  return {
    0: lowest(asked, colours, colours.slice(0, 1), []),
    1: lowest(asked, [], [OTHER]),
    2: lowest(wrongLabel, colours, colours.slice(0, 1), [], [OTHER]),
  }
}

/** Judges rise with similarity, so that the cut lies at one place. */
function floorOf(
  judge: (candidate: JudgedCandidate) => Judged,
  candidate: Omit<JudgedCandidate, 'similarity'>,
): number {
  const answers = (similarity: number): boolean => judge({ ...candidate, similarity }).band !== null
  if (answers(-1)) return -1
  if (!answers(1)) return NEVER
  let [below, above] = [-1, 1]
  for (let step = 0; step < STEPS; step++) {
    const middle = (below + above) / 2
    if (answers(middle)) above = middle
    else below = middle
  }
  return below
}

function attributesWith(names: readonly string[]): SightingAttributes {
  const colours = names.map((name) => ({ name, share: 1 }))
  return { colours, size: 'medium', place: '', movement: '' }
}
