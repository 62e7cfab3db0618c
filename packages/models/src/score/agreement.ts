// What a query asks for and what a candidate is in, whether they agree in label, in colour and in what is beside it out.
import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import type { ColourShare, Companion } from '@sam3-fleet/shared/domain/sighting'
import type { Band } from '@sam3-fleet/shared/search/band'

/**
 * `unseeable`: the query names a thing, but none that the detector knows. `unasked`: it names no thing at all
 * ("walking left", "something red").
 */
export type LabelAgreement = 'agrees' | 'contradicts' | 'unseeable' | 'unasked'
/** `unmeasured`: an older device did not look for what is beside things. */
export type CompanionAgreement = 'agrees' | 'contradicts' | 'unmeasured' | 'unasked'
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
  const { colours: asked, absentColours = [] } = interpretation
  if (asked.length === 0 && absentColours.length === 0) return 'unasked'
  if (colours.length === 0) return 'unmeasured'
  if (absentColours.some((name) => colours.some((colour) => colour.name === name))) return 'contradicts'
  if (asked.length === 0) return 'agrees'
  const shown = asked.filter((name) => colours.some((colour) => colour.name === name)).length
  if (shown === asked.length) return 'agrees'
  if (shown === 0) return 'contradicts'
  // "red cars and blue trucks" asks for one colour of each; "a man in red and black" for both of one.
  return interpretation.labels.length > 1 ? 'agrees' : 'partly'
}

export function companionAgreement(
  { companions: asked = [] }: Interpretation,
  companions: readonly Companion[] | undefined,
): CompanionAgreement {
  if (asked.length === 0) return 'unasked'
  if (companions === undefined) return 'unmeasured'
  return companions.some(({ label }) => asked.includes(label)) ? 'agrees' : 'contradicts'
}

/**
 * The best that can be said of a candidate that agrees in all that was measured: strong only when nothing more was
 * asked. A kind that the pack cannot tell from others ("skateboarder") is no more than a hint.
 */
export function bestBand(interpretation: Interpretation, label: string): Band {
  const named = interpretation.labels.find((one) => one.label === label)
  if (named?.means === 'part') return 'weak'
  const { ignored, absentColours = [] } = interpretation
  // Only the colours that stand out are measured: a small part in another may be there all the same.
  return named?.means === 'some' || ignored.length > 0 || absentColours.length > 0 ? 'likely' : 'strong'
}
