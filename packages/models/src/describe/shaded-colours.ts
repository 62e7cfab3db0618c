// Named parts of one object in, the same with what is only a shaded side given to the colour that it is the shade of.
// Shade takes lightness and leaves the hue: a red bus is brown where the sun does not reach, and nobody calls it brown.
import type { ColourName } from './name-colour.ts'

export interface NamedPart {
  name: ColourName
  /** Part of the object, or any weight that is like it. */
  weight: number
  /** Oklab's axes summed over the part, each sample by its weight. */
  a: number
  b: number
}

/** Brown is dark orange, and by convention the dark or dull of red and yellow too: these are seen in the light. */
const LIT: ReadonlySet<ColourName> = new Set(['red', 'orange', 'yellow'])
/** Degrees of hue between light and shade of one paint; video and the sky's share of the light turn it so far. */
const HUE_MAX_DEGREES = 25
/** What is lit must be at least this much of its shade: a brown dog with a red collar stays brown. */
const LIT_MIN_RATIO = 0.5

/** The parts with brown's weight moved to the lit colour of the nearest hue, where there is one. */
export function withoutShades(parts: readonly NamedPart[]): NamedPart[] {
  const brown = parts.find(({ name }) => name === 'brown')
  if (!brown || brown.weight <= 0) return [...parts]
  const [lit] = parts
    .filter(({ name, weight }) => LIT.has(name) && weight >= brown.weight * LIT_MIN_RATIO)
    .map((part) => ({ name: part.name, turn: Math.abs(hueOf(part) - hueOf(brown)) }))
    .filter(({ turn }) => turn <= HUE_MAX_DEGREES)
    .toSorted((one, other) => one.turn - other.turn)
  if (!lit) return [...parts]
  return parts
    .filter((part) => part !== brown)
    .map((part) =>
      part.name === lit.name
        ? { ...part, weight: part.weight + brown.weight, a: part.a + brown.a, b: part.b + brown.b }
        : part,
    )
}

/** Degrees; warm colours lie between -30 and 130, so that a difference needs no turning around. */
function hueOf({ a, b }: NamedPart): number {
  return (Math.atan2(b, a) * 180) / Math.PI
}
