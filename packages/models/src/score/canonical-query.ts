// A query and how it was understood in, the same wish in the words that descriptions use out.
import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import { describeSubject } from '../describe/describe-sighting.ts'

/**
 * "crimson automobile" becomes "a red car"; null when nothing was understood and only the query itself can tell.
 * Words about place and movement stand in the query already and are not repeated.
 */
export function canonicalQuery({ labels, colours }: Interpretation): string | null {
  const [best] = labels
  if (!best) return null
  return describeSubject(best.label, colours.toSorted())
}
