// The confidence of a detection in, what it weighs as evidence and the best that may be said of it out. Pure.
import type { Band } from '@sam3-fleet/shared/search/band'

/** No detector is surer than this, whatever it says; and less unsure than nothing. */
const SUREST = 0.98

/**
 * Below this a detection is more often something else than one time in twenty: .44 on labelled photos, .45 on a street
 * camera (the halves for tuning). What is asked for and is not there mostly has such a detection somewhere.
 */
const RIGHT_FROM = 0.45
/** The same confidence makes a thing believed that never moves. */
const SURE_FROM = 0.55

/** Log of the odds that the label is right, in units of evidence; 0 where the confidence is not known. */
export function surenessOf(confidence: number | undefined): number {
  if (confidence === undefined) return 0
  const bounded = Math.min(SUREST, Math.max(1 - SUREST, confidence))
  return Math.log(bounded / (1 - bounded))
}

/** The best that may be said of something that is seen with this confidence. */
export function bestBandOf(confidence: number | undefined): Band {
  if (confidence === undefined || confidence >= SURE_FROM) return 'strong'
  return confidence >= RIGHT_FROM ? 'likely' : 'weak'
}
