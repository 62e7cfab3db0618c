// A word (or two) of a prompt in, the basic colour term it means out; null when it is no colour here.
import { COLOUR_NAMES, nameColour } from '../describe/name-colour.ts'
import { CSS_COLOURS, SURVEY_COLOURS } from './colour-lexicon.ts'

/**
 * Words that are things first, and colours only in front of another noun or right after "in": "salmon" is a fish,
 * "salmon shirt" and "someone in salmon" are not.
 */
const THINGS_FIRST = new Set([
  'chocolate',
  'coral',
  'lime',
  'linen',
  'olive',
  'orange',
  'orchid',
  'peach',
  'peru',
  'plum',
  'rose',
  'rust',
  'salmon',
  'seashell',
  'snow',
  'thistle',
  'tomato',
  'wheat',
])

/** Shades that go with a colour ("dark blue") and mean nothing measurable alone. */
const SHADES = new Set(['dark', 'light', 'bright', 'pale', 'deep', 'medium', 'vivid', 'hot'])

const WORN_AFTER = new Set(['in', 'wearing'])

const BASIC_TERMS: ReadonlySet<string> = new Set(COLOUR_NAMES)

const ISH: Readonly<Record<string, string>> = {
  reddish: 'red',
  greyish: 'grey',
  grayish: 'grey',
  bluish: 'blue',
  blueish: 'blue',
  greenish: 'green',
  yellowish: 'yellow',
  brownish: 'brown',
  whitish: 'white',
  blackish: 'black',
  purplish: 'purple',
  pinkish: 'pink',
  orangey: 'orange',
}

export interface ColourMatch {
  name: string
  /** Words used up, from the given position. */
  length: 1 | 2
}

/**
 * Reads a colour at `at`. `beforeNoun` tells whether a further noun follows the word at `at`, which is what
 * makes a colour of a word that is also a thing.
 */
export function colourAt(
  words: readonly string[],
  at: number,
  beforeNoun: (next: number) => boolean,
): ColourMatch | null {
  const word = words[at] as string
  const next = words[at + 1]
  if (next !== undefined) {
    const second = singleColour(next)
    const compound = valueOf(word + next)
    if ((SHADES.has(word) || compound !== undefined) && second !== null) {
      if (!THINGS_FIRST.has(next) || beforeNoun(at + 2)) return { name: second, length: 2 }
    }
    if (compound !== undefined) return { name: nameOf(compound), length: 2 }
  }
  const name = singleColour(word)
  const isWorn = WORN_AFTER.has(words[at - 1] ?? '')
  if (name === null || (THINGS_FIRST.has(word) && !isWorn && !beforeNoun(at + 1))) return null
  return { name, length: 1 }
}

function singleColour(word: string): string | null {
  const plain = ISH[word] ?? (word === 'gray' ? 'grey' : word)
  if (BASIC_TERMS.has(plain)) return plain
  const value = valueOf(plain)
  return value === undefined ? null : nameOf(value)
}

function valueOf(word: string): number | undefined {
  if (Object.hasOwn(CSS_COLOURS, word)) return CSS_COLOURS[word]
  return Object.hasOwn(SURVEY_COLOURS, word) ? SURVEY_COLOURS[word] : undefined
}

function nameOf(rgb: number): string {
  return nameColour(rgb >> 16, (rgb >> 8) & 255, rgb & 255)
}
