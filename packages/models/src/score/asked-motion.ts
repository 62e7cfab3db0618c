// A query in, the movements and the side of the picture that it asks for out; and whether a sighting has them.
import type { SightingAttributes } from '@sam3-fleet/shared/domain/sighting'
import type { Movement } from '../describe/movement.ts'
import type { Side } from '../describe/size-and-place.ts'
import { wordsOf } from '../prompt/word-forms.ts'

export interface AskedMotion {
  /** Any of these will do, the one meant most first; null when the query says nothing of movement. */
  movements: readonly Movement[] | null
  side: Side | null
}

export type MotionAgreement = 'agrees' | 'contradicts' | 'unmeasured' | 'unasked'

const GOING =
  '(?:walking|running|moving|driving|riding|cycling|going|heading|coming|turning|flying|travelling)'
const LEFTWARDS: readonly Movement[] = ['moving left', 'crossing from right to left']
const RIGHTWARDS: readonly Movement[] = ['moving right', 'crossing from left to right']

/** The first pattern that fits decides, so the longer wording stands before the shorter. */
const MOVEMENT_PATTERNS: readonly (readonly [RegExp, readonly Movement[]])[] = [
  [/\bleft to (the )?right\b/, RIGHTWARDS.toReversed()],
  [/\bright to (the )?left\b/, LEFTWARDS.toReversed()],
  [new RegExp(`\\b${GOING} (to |towards? )?(the )?left\\b|\\bleftwards\\b`), LEFTWARDS],
  [new RegExp(`\\b${GOING} (to |towards? )?(the )?right\\b|\\brightwards\\b`), RIGHTWARDS],
  [/\btowards? (the camera|us|me)\b|\bapproaching\b|\bcoming (near|close)/, ['moving towards the camera']],
  [/\baway\b|\bleaving\b/, ['moving away from the camera']],
  [
    /\b(crossing|passing)\b/,
    ['crossing from left to right', 'crossing from right to left', 'moving left', 'moving right'],
  ],
  [/\b(standing|parked|stationary|stopped|waiting|still)\b/, ['standing still']],
]

export function askedMotionOf(query: string): AskedMotion {
  const text = wordsOf(query).join(' ')
  const found = MOVEMENT_PATTERNS.find(([pattern]) => pattern.test(text))
  const rest = found ? text.replace(found[0], '') : text
  return { movements: found?.[1] ?? null, side: sideAsked(rest) }
}

function sideAsked(text: string): Side | null {
  if (/\bleft\b/.test(text)) return 'left'
  if (/\bright\b/.test(text)) return 'right'
  return /\b(middle|centre|center)\b/.test(text) ? 'centre' : null
}

export function movementAgreement(asked: AskedMotion, movement: string): MotionAgreement {
  if (asked.movements === null) return 'unasked'
  if (movement === '') return 'unmeasured'
  return asked.movements.some((wanted) => wanted === movement) ? 'agrees' : 'contradicts'
}

/** `place` is one of the nine places of a description ("bottom left"). */
export function placeAgreement(asked: AskedMotion, place: SightingAttributes['place']): MotionAgreement {
  if (asked.side === null) return 'unasked'
  const sides = place.split(' ')
  const side: Side = sides.includes('left') ? 'left' : sides.includes('right') ? 'right' : 'centre'
  return side === asked.side ? 'agrees' : 'contradicts'
}
