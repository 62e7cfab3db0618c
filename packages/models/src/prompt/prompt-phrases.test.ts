import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { phrasesOf } from './prompt-phrases.ts'
import { singularOf } from './word-forms.ts'

/** "red, with: dog; not blue" for what was read. */
function told(prompt: string): string {
  const { phrases, colours, absentColours, unmeasured } = phrasesOf(prompt)
  const parts = [
    ...phrases.map(({ words, colours: own, relation, isAbsent }) =>
      [isAbsent ? 'no' : '', relation === 'thing' ? '' : `${relation}:`, ...own, words.join('-')]
        .filter((part) => part !== '')
        .join(' '),
    ),
    ...colours,
    ...absentColours.map((colour) => `not ${colour}`),
    ...unmeasured.map((word) => `?${word}`),
  ]
  return parts.join(', ')
}

describe('phrasesOf', () => {
  it.each([
    ['red cars and trucks', 'red car, truck'],
    ['red cars and blue trucks', 'red car, blue truck'],
    ['a dark-blue Van', 'blue van'],
    ['light grey coat', 'grey coat'],
    ['sky blue bus', 'blue bus'],
    ['forest green jeep', 'green jeep'],
    ['reddish bicycle', 'red bicycle'],
    ['someone walking left', 'person'],
    ['parking meter', 'parking-meter'],
    ['GREEN traffic lights!', 'green traffic-light'],
    ['', ''],
  ])('reads things with their colours: %j', (prompt, read) => expect(told(prompt)).toBe(read))

  it.each([
    ['dog chasing a cat', 'dog, with: cat, ?chasing'],
    ['person in a red jacket and a white hat', 'person, worn: red jacket, worn: white hat'],
    ['someone dressed in black', 'person, black'],
    ['person carrying white papers', 'person, with: white paper'],
    ['man standing at the back of a parked car', 'man, of: car'],
    ['boy on a skateboard', 'boy, with: skateboard'],
    ['pieces of fruit', 'piece, of: fruit'],
    ['person in red walking a dog', 'person, with: dog, red'],
  ])('knows how a thing stands to the one before: %j', (prompt, read) => expect(told(prompt)).toBe(read))

  it.each([
    ['motorcyclist without helmet', 'motorcyclist, no helmet'],
    ['person not wearing black', 'person, not black'],
    ['car that is not white', 'car, not white'],
    ['bus, but not a red one', 'bus, not red'],
    ['man without a blue jacket in grey', 'man, no blue jacket, grey'],
  ])('never takes for wanted what is not to be there: %j', (prompt, read) => expect(told(prompt)).toBe(read))

  it('takes a fruit for a thing and the same word before a noun for a colour', () => {
    expect(told('an orange')).toBe('orange')
    expect(phrasesOf('an orange').phrases).toMatchObject([{ words: ['orange'], colours: [] }])
    expect(phrasesOf('orange car').phrases).toMatchObject([{ words: ['car'], colours: ['orange'] }])
    expect(phrasesOf('someone in orange heading right').colours).toEqual(['orange'])
    expect(phrasesOf('salmon on a plate').phrases).toMatchObject([
      { words: ['salmon'], colours: [] },
      { words: ['plate'] },
    ])
  })

  it('keeps every word of any prompt at most once per place and never fails', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80, unit: 'grapheme' }), (prompt) => {
        const { phrases } = phrasesOf(prompt)
        for (const { words } of phrases) expect(words.length).toBeGreaterThan(0)
      }),
    )
  })
})

describe('singularOf', () => {
  it.each([
    ['horses', 'horse'],
    ['buses', 'bus'],
    ['glasses', 'glass'],
    ['benches', 'bench'],
    ['lorries', 'lorry'],
    ['knives', 'knife'],
    ['people', 'person'],
    ['skis', 'ski'],
    ['bus', 'bus'],
    ['cactus', 'cactus'],
    ['tennis', 'tennis'],
  ])('%s to %s', (plural, singular) => expect(singularOf(plural)).toBe(singular))
})
