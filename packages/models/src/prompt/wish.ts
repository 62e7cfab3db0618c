// Phrases and what each means in, one wish out: what is looked for, in which colours, with what beside it, and which
// words nothing here can tell.
import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import type { BodyPart } from '@sam3-fleet/shared/domain/sighting'
import type { LabelMatch, PhraseMatch } from './label-matcher.ts'
import type { AskedPhrase, PromptPhrases } from './prompt-phrases.ts'

/** Who wears what is worn. */
const WEARER = 'person'

export interface Wish {
  add(phrase: AskedPhrase, match: PhraseMatch): void
  ignore(words: readonly string[]): void
  interpretation(prompt: string): Interpretation
}

export function createWish(read: Pick<PromptPhrases, 'colours' | 'absentColours' | 'unmeasured'>): Wish {
  const things = new Map<string, LabelMatch>()
  const companions = new Map<string, LabelMatch>()
  const colours = new Set<string>()
  const worn = new Map<BodyPart, Set<string>>()
  const absentColours = new Set(read.absentColours)
  const ignored = new Set(read.unmeasured)
  /** Words for a part of a kind, and the kind. */
  const parts = new Map<string, string>()

  const ignore = (words: readonly string[]): void => words.forEach((word) => ignored.add(word))

  function addWorn(own: readonly string[], { wornAt }: PhraseMatch): void {
    for (const colour of own) colours.add(colour)
    if (wornAt === null || own.length === 0) return
    worn.set(wornAt, new Set([...(worn.get(wornAt) ?? []), ...own]))
  }

  function addThing({ words, colours: own }: AskedPhrase, match: PhraseMatch): void {
    const { labels, unmatched, isWorn } = match
    for (const match of isWorn ? [{ label: WEARER, similarity: 1 }] : labels) {
      keepBest(things, match)
      if (match.means === 'part') parts.set(words.join(' '), match.label)
    }
    addWorn(own, match)
    // A coat of a colour is seen by its colour; that it is a coat is not.
    if (!isWorn) ignore(unmatched)
    else if (own.length === 0) ignore(words)
  }

  function addBeside({ words, colours: own, relation }: AskedPhrase, match: PhraseMatch): void {
    if (match.labels.length > 0) {
      for (const label of match.labels) keepBest(companions, label)
      ignore([...match.unmatched, ...own])
    } else if (own.length > 0 && (match.isWorn || relation === 'worn')) addWorn(own, match)
    else ignore([...own, ...words])
  }

  return {
    add(phrase, match) {
      if (phrase.isAbsent) {
        for (const colour of phrase.colours) absentColours.add(colour)
        if (phrase.colours.length === 0) ignore(phrase.words)
        return
      }
      const isThing = phrase.relation === 'thing' || (phrase.relation === 'of' && things.size === 0)
      if (isThing) addThing(phrase, match)
      else addBeside(phrase, match)
    },

    ignore,

    interpretation(prompt) {
      for (const colour of read.colours) colours.add(colour)
      // "A driver's cup": what cannot be seen is looked for by what is said to be with it, and only weakly.
      const promoted = things.size > 0 ? [] : [...companions.values()].map(asPart)
      const labels = [...things.values(), ...promoted].sort((a, b) => b.similarity - a.similarity)
      const beside = things.size > 0 ? [...companions.keys()].filter((label) => !things.has(label)) : []
      const wish: Omit<Interpretation, 'summary'> = {
        prompt,
        labels,
        colours: [...colours],
        ...(absentColours.size > 0 ? { absentColours: [...absentColours] } : {}),
        ...(worn.size > 0 ? { worn: [...worn].map(([part, of]) => ({ part, colours: [...of] })) } : {}),
        ...(beside.length > 0 ? { companions: beside } : {}),
        ignored: [...ignored],
      }
      return { ...wish, summary: summaryOf(wish, parts) }
    },
  }
}

function asPart(match: LabelMatch): LabelMatch {
  return { ...match, means: 'part' }
}

function keepBest(known: Map<string, LabelMatch>, match: LabelMatch): void {
  const before = known.get(match.label)
  if (!before || before.similarity < match.similarity || (before.means && !match.means))
    known.set(match.label, match)
}

function summaryOf(
  { labels, colours, absentColours = [], companions = [], ignored }: Omit<Interpretation, 'summary'>,
  parts: ReadonlyMap<string, string>,
): string {
  const untold = [...ignored, ...[...parts].map(([name, kind]) => `${name} from any ${kind}`)]
  const unseen = untold.length > 0 ? `; cannot tell ${untold.join(', ')}` : ''
  if (labels.length === 0) {
    return colours.length > 0
      ? `Names nothing that this pack can see, only ${colours.join(', ')}${unseen}`
      : `Names nothing that this pack can see${unseen}`
  }
  const beside = companions.length > 0 ? ` with ${companions.join(', ')}` : ''
  const keeping = colours.length > 0 ? `; keeping ${colours.join(', ')}` : ''
  const leaving = absentColours.length > 0 ? `; leaving out ${absentColours.join(', ')}` : ''
  return `Watching for ${labels.map(({ label }) => label).join(', ')}${beside}${keeping}${leaving}${unseen}`
}
