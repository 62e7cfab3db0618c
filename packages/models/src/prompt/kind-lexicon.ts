// Words of a phrase in, the kinds of things that they name out, by WordNet's noun hierarchy (Princeton University,
// WordNet 3.1; made by tools/lexicon). Knows some 27,000 words, also those that name what no detector here sees.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const LEXICON = fileURLToPath(new URL('../../lexicon/kinds.tsv', import.meta.url))
/** Words of the longest names that are looked up. */
const NAME_MAX_WORDS = 4

export interface NamedKind {
  /**
   * `all`: the word means every one of these ("vehicle"). `one`: it means one of them, and which must be told by other
   * means. Without labels it names something else that can be seen.
   */
  mode: 'all' | 'one'
  labels: readonly string[]
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
    const labels = kinds === '-' ? [] : kinds.split(/[&|]/)
    for (const name of names.split(',')) kindsOf.set(name, { mode, labels })
  }
  return {
    kinds: new Set([...kindsOf.values()].flatMap(({ labels }) => labels)),
    nameAtEnd(phrase, fromLength = 1) {
      for (let length = Math.min(phrase.length, NAME_MAX_WORDS); length >= fromLength; length--) {
        const found = kindsOf.get(phrase.slice(-length).join(' '))
        if (found) return { ...found, length }
      }
      return null
    },
  }
}
