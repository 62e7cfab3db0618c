// A prompt in, its parts out: noun phrases that may name things, the colours of each, how they stand to each other, and
// what is asked not to be there.
import { colourAt } from './colour-words.ts'
import { singularOf, wordsOf } from './word-forms.ts'

/**
 * How a phrase stands to the one before: a `thing` by itself, `worn` by it, `with` it (near it, carried, ridden), or
 * what it is made `of` ("pieces of fruit").
 */
export type PhraseRelation = 'thing' | 'worn' | 'with' | 'of'

export interface AskedPhrase {
  /** A noun and its modifiers, in the singular: ["police", "officer"]. */
  words: string[]
  /** Basic colour terms before it. */
  colours: string[]
  relation: PhraseRelation
  /** It is asked not to be there. */
  isAbsent: boolean
}

export interface PromptPhrases {
  phrases: AskedPhrase[]
  /** Colours of no noun ("somebody in red"), and those that are asked not to be there. */
  colours: string[]
  absentColours: string[]
  /** Words of actions: nothing here measures them. */
  unmeasured: string[]
}

/** Words that hold a sentence together, and those that ask for a picture rather than describe it. */
const GRAMMAR =
  wordSet(`is are was were be been being that which this these those his her their its my your our as it they them
  i we you he she me us there here than then while when where what how only also just please find show showing
  search look looking see seen photo picture image video frame clip camera footage colour color coloured colored
  clothes clothing outfit dress up out over for to each every all any some something anything thing object back
  front one ones two three four five six seven eight nine ten many several few lots lot group groups pair pairs`)

/** After these, what was said of a colour still waits for its noun. */
const BETWEEN = wordSet('a an the and or but')

/** What follows is worn by the one before. */
const WORN_BY = wordSet('in wearing dressed')
/** What follows is near the one before, carried by it or carries it. */
const WITH =
  wordSet(`with on at by from into onto under behind beside near next against inside through between
  around among along holding carrying`)
/** Places, sizes and movements are part of what descriptions say, so these weigh in the text similarity. */
const MEASURED =
  wordSet(`left right top bottom middle centre center edge corner side near close far small tiny
  medium large big huge little standing still staying stationary parked stopped waiting moving walking running
  driving riding going coming heading crossing passing turning approaching leaving towards toward away about across
  forward forwards backwards leftwards rightwards wandering`)

/** What follows one of these is asked not to be there; it must never count as asked for. */
const ABSENCE = wordSet('without no not except excluding minus')

/** Pronouns for people: grammar rather than vocabulary, so they are spelled out and not left to the encoder. */
const PEOPLE_PRONOUNS = wordSet('someone somebody anyone anybody everyone everybody who whoever')

export function phrasesOf(prompt: string): PromptPhrases {
  const words = wordsOf(prompt)
  const read: PromptPhrases = { phrases: [], colours: [], absentColours: [], unmeasured: [] }
  let phrase: string[] = []
  let colours: string[] = []
  let relation: PhraseRelation = 'thing'
  let isAbsent = false

  const endPhrase = (): void => {
    if (phrase.length === 0) return
    read.phrases.push({ words: phrase, colours, relation, isAbsent })
    phrase = []
    colours = []
    isAbsent = false
  }
  /** No noun comes for the colours that were said. */
  const endColours = (): void => {
    if (colours.length === 0) return
    ;(isAbsent ? read.absentColours : read.colours).push(...colours)
    colours = []
    isAbsent = false
  }
  const relate = (next: PhraseRelation): void => {
    endPhrase()
    endColours()
    if (read.phrases.length > 0) relation = next
  }

  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    const colour = colourAt(words, at, (next) => nounFollows(words, next))
    if (colour) {
      endPhrase()
      colours.push(colour.name)
      at += colour.length - 1
    } else if (PEOPLE_PRONOUNS.has(word)) {
      endPhrase()
      phrase = ['person']
      endPhrase()
    } else if (ABSENCE.has(word)) {
      endPhrase()
      endColours()
      isAbsent = true
    } else if (BETWEEN.has(word)) endPhrase()
    else if (WORN_BY.has(word)) relate('worn')
    else if (word === 'of') relate('of')
    else if (WITH.has(word)) relate('with')
    else if (MEASURED.has(word)) {
      if (word.endsWith('ing')) relate('with')
      endPhrase()
    } else if (GRAMMAR.has(word)) {
      endPhrase()
      endColours()
    } else if (isAction(word, phrase, words[at + 1])) {
      relate('with')
      read.unmeasured.push(word)
    } else phrase.push(singularOf(word))
  }
  endPhrase()
  endColours()
  return read
}

/** "children playing" and "dog chasing a cat" tell an action; "parking meter" and "washing machine" a thing. */
function isAction(word: string, phrase: readonly string[], next: string | undefined): boolean {
  if (!/^[a-z]{3,}ing$/.test(word) || /^(thing|ring|king|string|wing|building|ceiling|clothing)$/.test(word))
    return false
  return phrase.length > 0 || next === undefined || isFunctionWord(next)
}

/** It is no noun and no modifier of one. */
function isFunctionWord(word: string): boolean {
  const sets = [GRAMMAR, BETWEEN, MEASURED, ABSENCE, WORN_BY, WITH]
  return word === 'of' || sets.some((set) => set.has(word))
}

function nounFollows(words: readonly string[], at: number): boolean {
  for (let i = at; i < words.length; i++) {
    const word = words[i] as string
    if (word === 'and' || word === 'or') continue
    if (word === 'one' || word === 'ones' || isFunctionWord(word)) return false
    if (colourAt(words, i, () => true) === null) return true
  }
  return false
}

function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/))
}
