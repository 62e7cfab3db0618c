// A prompt in, its parts out: colours, noun phrases that may name things, and what is asked to be absent.
import { colourAt } from './colour-words.ts'
import { singularOf, wordsOf } from './word-forms.ts'

export interface PromptPhrases {
  /** Basic colour terms, each once, in order. */
  colours: string[]
  /** Runs of nouns and their modifiers, in the singular: ["police", "officer"]. */
  phrases: string[][]
  /** Words of actions and of what is asked to be absent: nothing here measures them. */
  unmeasured: string[]
}

/** Words that hold a sentence together, and those that ask for a picture rather than describe it. */
const GRAMMAR =
  wordSet(`a an the of in on at with wearing dressed and or by for from to into onto out some any something
  anything thing object all every each is are was were be been being that which this these those his her their
  its my your our as it they them i we you he she me us there here than then while when where what how not only
  also just please find show showing search look looking see seen photo picture image video frame clip camera
  footage colour color coloured colored clothes clothing outfit dress up over under behind beside next front
  back one two three four five six seven eight nine ten many several few lots lot group groups pair pairs`)

/** Places, sizes and movements are part of what descriptions say, so these weigh in the text similarity. */
const MEASURED =
  wordSet(`left right top bottom middle centre center edge corner side near close far small tiny
  medium large big huge little standing still staying stationary parked stopped waiting moving walking running
  driving riding going coming heading crossing turning approaching leaving towards toward away about across
  forward forwards backwards leftwards rightwards wandering`)

/** What follows one of these is asked not to be there; it must never count as asked for. */
const ABSENCE = wordSet('without no except excluding minus')

/** Pronouns for people: grammar rather than vocabulary, so they are spelled out and not left to the encoder. */
const PEOPLE_PRONOUNS = wordSet('someone somebody anyone anybody everyone everybody who whoever')

export function phrasesOf(prompt: string): PromptPhrases {
  const words = wordsOf(prompt)
  const colours = new Set<string>()
  const phrases: string[][] = []
  const unmeasured: string[] = []
  let phrase: string[] = []
  let absent = false

  const endPhrase = (): void => {
    if (phrase.length > 0) {
      if (absent) unmeasured.push(...phrase)
      else phrases.push(phrase)
      absent = false
    }
    phrase = []
  }

  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    const colour = colourAt(words, at, (next) => nounFollows(words, next))
    if (colour) {
      endPhrase()
      colours.add(colour.name)
      at += colour.length - 1
    } else if (PEOPLE_PRONOUNS.has(word)) {
      endPhrase()
      phrases.push(['person'])
    } else if (ABSENCE.has(word)) {
      endPhrase()
      absent = true
    } else if (GRAMMAR.has(word) || MEASURED.has(word)) {
      endPhrase()
    } else if (isAction(word, phrase, words[at + 1])) {
      endPhrase()
      unmeasured.push(word)
    } else {
      phrase.push(singularOf(word))
    }
  }
  endPhrase()
  return { colours: [...colours], phrases, unmeasured }
}

/** "children playing" and "dog chasing a cat" tell an action; "parking meter" and "washing machine" a thing. */
function isAction(word: string, phrase: readonly string[], next: string | undefined): boolean {
  if (!/^[a-z]{3,}ing$/.test(word) || /^(thing|ring|king|string|wing|building|ceiling|clothing)$/.test(word))
    return false
  return phrase.length > 0 || next === undefined || GRAMMAR.has(next) || MEASURED.has(next)
}

function nounFollows(words: readonly string[], at: number): boolean {
  for (let i = at; i < words.length; i++) {
    const word = words[i] as string
    if (word === 'and' || word === 'or') continue
    if (GRAMMAR.has(word) || MEASURED.has(word) || ABSENCE.has(word)) return false
    if (colourAt(words, i, () => true) === null) return true
  }
  return false
}

function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/))
}
