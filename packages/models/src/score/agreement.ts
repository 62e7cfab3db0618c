// What a query asks for and what a candidate is in, whether they agree in label, in colour and in what is beside it out.
import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import type { BodyPart, ColourShare, Companion, PartColours } from '@sam3-fleet/shared/domain/sighting'
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

/**
 * A colour that only one picture's part shows, and not all looks together, is a garment's from this share of the part on.
 * A bag strap or a hand has less, and so has what shows beside somebody small: a lawn reached .39 of the legs' part.
 */
const MOST_OF_PART = 0.45

export function labelAgreement(interpretation: Interpretation, label: string): LabelAgreement {
  if (interpretation.labels.length === 0) return interpretation.ignored.length > 0 ? 'unseeable' : 'unasked'
  return interpretation.labels.some((named) => named.label === label) ? 'agrees' : 'contradicts'
}

/** @param parts of a person, where they were looked at */
export function colourAgreement(
  interpretation: Interpretation,
  colours: readonly ColourShare[],
  parts: readonly PartColours[] = [],
): ColourAgreement {
  const { absentColours = [] } = interpretation
  const asked = askedColours(interpretation)
  if (asked.length === 0 && absentColours.length === 0) return 'unasked'
  if (colours.length === 0 && parts.length === 0) return 'unmeasured'
  if (absentColours.some((name) => has(colours, name))) return 'contradicts'
  if (asked.length === 0) return 'agrees'
  const shown = asked.filter((one) => isShown(one, colours, parts)).length
  if (shown === asked.length) return 'agrees'
  if (shown === 0) return 'contradicts'
  // "red cars and blue trucks" asks for one colour of each; "a man in red and black" for both of one.
  return interpretation.labels.length > 1 ? 'agrees' : 'partly'
}

interface AskedColour {
  name: string
  /** Where somebody wears it; null for anywhere. */
  part: BodyPart | null
}

/** Each colour where it is to be worn, and those of which that is not said. */
function askedColours({ colours, worn = [] }: Interpretation): AskedColour[] {
  const placed = worn.flatMap(({ part, colours: names }) => names.map((name) => ({ name, part })))
  const left = colours.filter((name) => placed.every((one) => one.name !== name))
  return [...placed, ...left.map((name) => ({ name, part: null }))]
}

/** Of a part that its picture does not show, all of it must tell. */
function isShown(
  { name, part }: AskedColour,
  colours: readonly ColourShare[],
  parts: readonly PartColours[],
): boolean {
  if (part === null)
    return has(colours, name) || parts.some((one) => one.part !== 'head' && isMostOf(one, name))
  const own = parts.find((one) => one.part === part)
  if (!own) return has(colours, name)
  return isMostOf(own, name) || (has(own.colours, name) && (part === 'head' || has(colours, name)))
}

function has(colours: readonly ColourShare[], name: string): boolean {
  return colours.some((colour) => colour.name === name)
}

function isMostOf({ colours }: PartColours, name: string): boolean {
  return colours.some((colour) => colour.name === name && colour.share >= MOST_OF_PART)
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
