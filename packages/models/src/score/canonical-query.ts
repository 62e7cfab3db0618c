// A query and how it was understood in, the same wish in the words that descriptions use out.
import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import { embeddingTextOf } from '../describe/describe-sighting.ts'
import { askedMotionOf } from './asked-motion.ts'

/** A query for a kind of thing names many labels; the first few already say which kind. */
const MAX_TEXTS = 3

/**
 * "crimson automobile heading left" becomes "a red car moving left"; one text for each named label, best first.
 * Empty when no label was understood and only the query itself can tell.
 */
export function canonicalQueries({ prompt, labels, colours, companions = [] }: Interpretation): string[] {
  const { movements, side } = askedMotionOf(prompt)
  return labels.slice(0, MAX_TEXTS).map(({ label }) =>
    embeddingTextOf({
      label,
      colours: colours.toSorted(),
      companions: companions.slice(0, 2),
      movement: movements?.[0] ?? null,
      side,
    }),
  )
}
