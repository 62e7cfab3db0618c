// What a query asks for and what a candidate is in, whether they agree in label and in colour out.
import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import type { ColourShare } from '@sam3-fleet/shared/domain/sighting'

/**
 * `unseeable`: the query names a thing, but none that the detector knows. `unasked`: it names no thing at all
 * ("walking left", "something red").
 */
export type LabelAgreement = 'agrees' | 'contradicts' | 'unseeable' | 'unasked'
/** `partly`: some of several asked colours are there. `unmeasured`: the candidate was too small to tell. */
export type ColourAgreement = 'agrees' | 'partly' | 'contradicts' | 'unmeasured' | 'unasked'

export function labelAgreement(interpretation: Interpretation, label: string): LabelAgreement {
  if (interpretation.labels.length === 0) return interpretation.ignored.length > 0 ? 'unseeable' : 'unasked'
  return interpretation.labels.some((named) => named.label === label) ? 'agrees' : 'contradicts'
}

export function colourAgreement(
  interpretation: Interpretation,
  colours: readonly ColourShare[],
): ColourAgreement {
  const asked = interpretation.colours
  if (asked.length === 0) return 'unasked'
  if (colours.length === 0) return 'unmeasured'
  const shown = asked.filter((name) => colours.some((colour) => colour.name === name)).length
  if (shown === asked.length) return 'agrees'
  if (shown === 0) return 'contradicts'
  // "red cars and blue trucks" asks for one colour of each; "a man in red and black" for both of one.
  return interpretation.labels.length > 1 ? 'agrees' : 'partly'
}
