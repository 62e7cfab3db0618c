import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { phrasesOf } from './prompt-phrases.ts'
import { singularOf } from './word-forms.ts'

describe('phrasesOf', () => {
  it.each([
    ['red cars and trucks', ['red'], [['car'], ['truck']], []],
    ['a dark-blue Van', ['blue'], [['van']], []],
    ['light grey coat', ['grey'], [['coat']], []],
    ['sky blue bus', ['blue'], [['bus']], []],
    ['forest green jeep', ['green'], [['jeep']], []],
    ['reddish bicycle', ['red'], [['bicycle']], []],
    ['someone walking left', [], [['person']], []],
    ['dog chasing a cat', [], [['dog'], ['cat']], ['chasing']],
    ['parking meter', [], [['parking', 'meter']], []],
    ['motorcyclist without helmet', [], [['motorcyclist']], ['helmet']],
    ['GREEN traffic lights!', ['green'], [['traffic', 'light']], []],
    ['', [], [], []],
  ])('reads %j', (prompt, colours, phrases, unmeasured) => {
    expect(phrasesOf(prompt)).toEqual({ colours, phrases, unmeasured })
  })

  it('takes a fruit for a thing and the same word before a noun for a colour', () => {
    expect(phrasesOf('an orange').colours).toEqual([])
    expect(phrasesOf('orange car').colours).toEqual(['orange'])
    expect(phrasesOf('someone in orange heading right').colours).toEqual(['orange'])
    expect(phrasesOf('salmon on a plate')).toMatchObject({ colours: [], phrases: [['salmon'], ['plate']] })
  })

  it('keeps every word of any prompt at most once per place and never fails', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80, unit: 'grapheme' }), (prompt) => {
        const { phrases } = phrasesOf(prompt)
        for (const phrase of phrases) expect(phrase.length).toBeGreaterThan(0)
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
