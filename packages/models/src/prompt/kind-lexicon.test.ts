import { describe, expect, it } from 'vitest'
import { kindLexicon } from './kind-lexicon.ts'

const lexicon = kindLexicon()

describe('the lexicon of kinds', () => {
  it('knows under what kind a word stands', () => {
    const kinds = ['lady', 'taxi', 'poodle', 'fire engine', 'push bike'].map(
      (name) => lexicon.nameAtEnd(name.split(' '))?.labels,
    )
    expect(kinds).toEqual([['person'], ['car'], ['dog'], ['truck'], ['bicycle']])
  })

  it('takes the longest name at the end of a phrase', () => {
    expect(lexicon.nameAtEnd(['old', 'prairie', 'dog'])).toMatchObject({ labels: [], length: 2 })
    expect(lexicon.nameAtEnd(['old', 'guide', 'dog'])).toMatchObject({ labels: ['dog'] })
  })

  it('says of a word over several kinds that it means all, and of one with two senses that it means one', () => {
    expect(lexicon.nameAtEnd(['furniture'])).toMatchObject({ mode: 'all' })
    expect(lexicon.nameAtEnd(['bike'])).toMatchObject({ mode: 'one', labels: ['bicycle', 'motorcycle'] })
  })

  it('knows what can be seen and is none of the kinds, and tells it from what it does not know', () => {
    expect(lexicon.nameAtEnd(['helicopter'])?.labels).toEqual([])
    expect(lexicon.nameAtEnd(['zzyzx'])).toBeNull()
    expect(lexicon.nameAtEnd([])).toBeNull()
  })
})
