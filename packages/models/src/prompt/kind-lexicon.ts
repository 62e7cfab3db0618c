// Words of a phrase in, the kinds of things that they name out, by WordNet's noun hierarchy (Princeton University,
// WordNet 3.1; made by tools/lexicon). Knows some 27,000 words, also those that name what no detector here sees.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { BODY_PARTS, type BodyPart } from '@sam3-fleet/shared/domain/sighting'

const LEXICON = fileURLToPath(new URL('../../lexicon/kinds.tsv', import.meta.url))
/** Words of the longest names that are looked up. */
const NAME_MAX_WORDS = 4

/** Letters of each part of a word that is taken apart. */
const PART_MIN_LETTERS = 3

export interface NamedKind {
  /**
   * `all`: the word means every one of these ("vehicle"). `one`: it means one of them, and which must be told by other
   * means. Without labels it names something else that can be seen.
   */
  mode: 'all' | 'one'
  labels: readonly string[]
  /** How much of the kind: all of it ("automobile"), people by age or sex ("lady"), or a part of it ("taxi"). */
  means: 'all' | 'some' | 'part'
  /** It names what people wear. */
  isWorn: boolean
  /** The part of a person that wears it; null where several do. */
  wornAt: BodyPart | null
  /** Words at the end of the phrase that the name has. */
  length: number
}

export interface KindLexicon {
  /** All labels that a word of it may mean. */
  kinds: ReadonlySet<string>
  /** The longest name that the phrase ends with, if it is of at least `fromLength` words; null when none is known. */
  nameAtEnd(phrase: readonly string[], fromLength?: number): NamedKind | null
}

let shared: KindLexicon | null = null

/** Read once, when it is first asked for: 270 KB. */
export function kindLexicon(): KindLexicon {
  return (shared ??= read(readFileSync(LEXICON, 'utf8')))
}

function read(text: string): KindLexicon {
  const kindsOf = new Map<string, Omit<NamedKind, 'length'>>()
  for (const line of text.trimEnd().split('\n')) {
    const [kinds = '', names = ''] = line.split('\t')
    const mode = kinds.includes('&') ? 'all' : 'one'
    const isWorn = kinds.startsWith('+')
    const wornAt = BODY_PARTS.find((part) => kinds === `+${part}`) ?? null
    const labels = kinds === '-' || isWorn ? [] : kinds.split(/[&|]/)
    for (const marked of names.split(',')) {
      const means =
        mode === 'all' || marked.startsWith('=') ? 'all' : marked.startsWith('~') ? 'some' : 'part'
      kindsOf.set(marked.replace(/^[=~]/, ''), { mode, labels, means, isWorn, wornAt })
    }
  }
  return {
    kinds: new Set([...kindsOf.values()].flatMap(({ labels }) => labels)),
    nameAtEnd(phrase, fromLength = 1) {
      for (let length = Math.min(phrase.length, NAME_MAX_WORDS); length >= fromLength; length--) {
        const name = phrase.slice(-length).join(' ')
        const plural = kindsOf.get(`${name}s`)
        // Jean is a cloth, jeans are worn: a garment with two legs goes by its plural.
        const found = plural?.isWorn === true ? plural : kindsOf.get(name)
        if (found) return { ...found, length }
      }
      const closed = fromLength > 1 ? undefined : writtenApart(phrase.at(-1) ?? '', kindsOf)
      return closed ? { ...closed, length: 1 } : null
    },
  }
}

/** "pushbike" stands in dictionaries as "push bike": names of two words that are written as one. */
function writtenApart<T>(word: string, names: ReadonlyMap<string, T>): T | undefined {
  for (let at = PART_MIN_LETTERS; at <= word.length - PART_MIN_LETTERS; at++) {
    const found = names.get(`${word.slice(0, at)} ${word.slice(at)}`)
    if (found) return found
  }
  return undefined
}
