// Noun phrases in, detector labels out: by their words first, then by the lexicon of kinds, and for words that it
// does not know or finds doubtful by nearness in the text space, with a contrast.
import { dot } from '@sam3-fleet/shared/vector/vector'
import type { BodyPart } from '@sam3-fleet/shared/domain/sighting'
import type { TextEncoder } from '../text/text-encoder.ts'
import { CONTRAST_WORDS } from './contrast-words.ts'
import { kindLexicon, type NamedKind } from './kind-lexicon.ts'
import { LABEL_GROUPS } from './label-groups.ts'
import { singularOf, wordsOf } from './word-forms.ts'

export interface LabelMatch {
  label: string
  /** 1 for the same words, else the cosine of the two phrases. */
  similarity: number
  /** How much of what the label says is meant; all of it when absent (contracts of `interpretationSchema`). */
  means?: 'some' | 'part'
}

export interface PhraseMatch {
  /** Best first; empty when no label is meant. */
  labels: LabelMatch[]
  /** Words of the phrase that no label stands for. */
  unmatched: string[]
  /** The phrase names what people wear; then it has no label. */
  isWorn: boolean
  /** The part of a person that wears it; null where several do, or nothing is worn. */
  wornAt: BodyPart | null
}

export interface LabelMatcher {
  match(phrase: readonly string[], signal?: AbortSignal): Promise<PhraseMatch>
}

/**
 * Cosine of "a photo of a lorry" and "a photo of a truck", below which nothing is meant. With MiniLM synonyms lie
 * at .58 to .97 and strangers at .47 to .76, so a cut alone cannot part them; nearness to a contrast word does.
 */
const MIN_SIMILARITY = 0.58
/**
 * A label may lie this much behind the nearest contrast word. On 85 synonyms and 76 strange things, none of them
 * used for the list: -0.02 found .74 and let .12 through, 0 .70 and .11, -0.06 .78 and .20.
 */
const CONTRAST_MARGIN = -0.02
/** From here a compound means the same as the label in it: "laptop computer" .95, but "pizza box" .89. */
const SAME_THING_SIMILARITY = 0.91
/**
 * From here a name of a part of a kind ("motorbike" .84, "sedan" .83) is used much like the kind's own; "taxi" .66,
 * "cyclist" .67 and "skateboarder" .58 are not.
 */
const NEARLY_THE_KIND_SIMILARITY = 0.75
/** Further labels count when they are nearly as near as the best: "van" may be a car and a truck. */
const NEXT_LABEL_MARGIN = 0.015
const MAX_LABELS_PER_PHRASE = 3
/** Of a pack's labels the lexicon must know this part, or what it calls something else may be one of the others. */
const COVERED_FROM = 0.9

interface KnownLabel {
  label: string
  words: readonly string[]
}

/** Label and contrast vectors are encoded on the first phrase that needs them, once (about 400 short texts). */
export function createLabelMatcher(deps: { encoder: TextEncoder; labels: readonly string[] }): LabelMatcher {
  const { encoder, labels } = deps
  const known: KnownLabel[] = labels.map((label) => ({ label, words: wordsOf(label).map(singularOf) }))
  const squashed = new Set(known.map(({ words }) => words.join('')))
  const contrasts = CONTRAST_WORDS.filter((word) => !squashed.has(wordsOf(word).map(singularOf).join('')))
  const lexicon = kindLexicon()
  const isCovered = labels.filter((label) => lexicon.kinds.has(label)).length >= labels.length * COVERED_FROM
  let vectors: Promise<{ labels: Float32Array[]; contrasts: Float32Array[] }> | null = null

  /** Shared by all callers, so one caller's abort must not end it; a failure is tried again by the next. */
  function knownVectors() {
    vectors ??= encoder.encode([...labels, ...contrasts].map(pictured)).then((all) => ({
      labels: all.slice(0, labels.length),
      contrasts: all.slice(labels.length),
    }))
    vectors.catch(() => {
      vectors = null
    })
    return vectors
  }

  /** Every label above the cuts, best first, leaving out `excluded`. */
  async function nearest(phrase: string, excluded: ReadonlySet<string>, signal?: AbortSignal) {
    const all = await knownVectors()
    const [vector] = await encoder.encode([pictured(phrase)], signal)
    if (!vector) return []
    const contrast = Math.max(...all.contrasts.map((other) => dot(vector, other)))
    const ranked = labels
      .map((label, i): LabelMatch => guessed(label, dot(vector, all.labels[i] ?? [])))
      .filter(({ label }) => !excluded.has(label))
      .sort((a, b) => b.similarity - a.similarity)
    const best = ranked[0]
    if (!best || best.similarity < MIN_SIMILARITY || best.similarity < contrast + CONTRAST_MARGIN) return []
    return ranked
      .filter(({ similarity }) => similarity >= best.similarity - NEXT_LABEL_MARGIN && similarity > contrast)
      .slice(0, MAX_LABELS_PER_PHRASE)
  }

  /** What a name of the lexicon means for this pack; null when the lexicon cannot tell. */
  async function meantBy(
    named: NamedKind,
    phrase: readonly string[],
    signal?: AbortSignal,
  ): Promise<LabelMatch[] | null> {
    const meant = named.labels.filter((label) => labels.includes(label))
    if (named.labels.length === 0) return isCovered ? [] : null
    if (meant.length === 0) return null
    if (named.mode === 'all') return meant.map(sure)
    const name = phrase.slice(-named.length).join(' ')
    if (meant.length === 1) return meant.map(await asFarAs(named.means, name, signal))
    const others = new Set(labels.filter((label) => !meant.includes(label)))
    const near = await nearest(name, others, signal)
    const chosen = near.length > 0 ? near.map(({ label }) => label) : meant
    return chosen.map(await asFarAs(named.means, name, signal))
  }

  /** The lexicon says where a name stands below a label; the encoder, whether people use it for nearly all of it. */
  async function asFarAs(
    means: NamedKind['means'],
    name: string,
    signal?: AbortSignal,
  ): Promise<(label: string) => LabelMatch> {
    if (means === 'all') return sure
    if (means === 'some') return (label) => ({ ...sure(label), means })
    const all = await knownVectors()
    const [vector] = await encoder.encode([pictured(name)], signal)
    return (label) => {
      const similarity = vector ? dot(vector, all.labels[labels.indexOf(label)] ?? []) : 0
      return { ...sure(label), means: similarity >= NEARLY_THE_KIND_SIMILARITY ? 'some' : 'part' }
    }
  }

  /** For what no dictionary tells. */
  async function guess(
    phrase: readonly string[],
    signal?: AbortSignal,
  ): Promise<Pick<PhraseMatch, 'labels' | 'unmatched'>> {
    // "cat flap" is no cat: a label inside a compound says what the thing belongs to, not what it is.
    const modifiers = new Set(labelsInside(phrase, known))
    const same = modifiers.size === 0 ? [] : await nearest(phrase.join(' '), new Set(), signal)
    const [first] = same
    if (first && first.similarity >= SAME_THING_SIMILARITY) return { labels: [first], unmatched: [] }
    const whole = await nearest(phrase.join(' '), modifiers, signal)
    if (phrase.length === 1) return { labels: whole, unmatched: whole.length > 0 ? [] : [...phrase] }
    const last = phrase.at(-1) ?? ''
    const byHead = await nearest(last, modifiers, signal)
    if (modifiers.size > 0) {
      // Both the compound and its last word have to mean the same label.
      const agreed = whole.filter(({ label }) => byHead.some((other) => other.label === label))
      return { labels: agreed, unmatched: agreed.length > 0 ? [] : [...phrase] }
    }
    if (whole.length > 0) return { labels: whole, unmatched: [] }
    return { labels: byHead, unmatched: byHead.length > 0 ? phrase.slice(0, -1) : [...phrase] }
  }

  return {
    async match(phrase, signal) {
      const head = endingLabel(phrase, known)
      // "sea horse" and "prairie dog" end with a label's word and are none.
      const named = lexicon.nameAtEnd(phrase, (head?.length ?? 0) + 1)
      if (head && !named) {
        return {
          labels: [sure(head.label)],
          unmatched: phrase.slice(0, phrase.length - head.length),
          isWorn: false,
          wornAt: null,
        }
      }
      const group = labelsOfGroup(phrase.at(-1) ?? '', labels)
      if (group.length > 0)
        return { labels: group, unmatched: phrase.slice(0, -1), isWorn: false, wornAt: null }
      const meant = named && (await meantBy(named, phrase, signal))
      if (named && meant) {
        const ownWords = meant.length > 0 ? named.length : 0
        const unmatched = phrase.slice(0, phrase.length - ownWords)
        return { labels: meant, unmatched, isWorn: named.isWorn, wornAt: named.wornAt }
      }
      const { labels: found, unmatched } = await guess(phrase, signal)
      return { labels: found, unmatched, isWorn: false, wornAt: null }
    },
  }
}

/** One template for both sides: it turns a bare word into a visible thing and lifted top-1 from 35 to 41 of 46. */
function pictured(name: string): string {
  return `a photo of a ${name}`
}

/** The longest label that the phrase ends with, also when written together or apart ("hand bag"). */
function endingLabel(phrase: readonly string[], known: readonly KnownLabel[]) {
  for (let start = 0; start < phrase.length; start++) {
    const ending = phrase.slice(start).join('')
    const hit = known.find(({ words }) => words.join('') === ending)
    if (hit) return { label: hit.label, length: phrase.length - start }
  }
  return null
}

function sure(label: string): LabelMatch {
  return { label, similarity: 1 }
}

/** What the encoder finds near may still be another thing, unless it is as good as the same word. */
function guessed(label: string, similarity: number): LabelMatch {
  return similarity >= SAME_THING_SIMILARITY ? { label, similarity } : { label, similarity, means: 'some' }
}

function labelsOfGroup(word: string, labels: readonly string[]): LabelMatch[] {
  const members = Object.hasOwn(LABEL_GROUPS, word) ? (LABEL_GROUPS[word] ?? []) : []
  return members.filter((label) => labels.includes(label)).map(sure)
}

function labelsInside(phrase: readonly string[], known: readonly KnownLabel[]): string[] {
  const text = ` ${phrase.slice(0, -1).join(' ')} `
  return known.filter(({ words }) => text.includes(` ${words.join(' ')} `)).map(({ label }) => label)
}
