import { describe, expect, test } from 'vitest'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { companionsOf, labelsBeside } from './companions.ts'

const person = { label: 'person', bbox: [0.4, 0.2, 0.1, 0.4] as Bbox }
const at = (label: string, bbox: Bbox): typeof person => ({ label, bbox })

describe('what is with a thing', () => {
  test('touches it: worn, ridden or held', () => {
    const tie = at('tie', [0.44, 0.3, 0.02, 0.1])
    const bicycle = at('bicycle', [0.38, 0.45, 0.14, 0.2])
    expect(labelsBeside(person, [person, tie, bicycle])).toEqual(['tie', 'bicycle'])
    expect(labelsBeside(bicycle, [person, tie, bicycle])).toEqual(['person'])
  })

  test('is not what only stands near it or is hidden by a corner of it', () => {
    const apart = at('dog', [0.55, 0.5, 0.1, 0.1])
    const corner = at('car', [0.48, 0.55, 0.3, 0.2])
    expect(labelsBeside(person, [person, apart, corner])).toEqual([])
  })

  test('is not others of its kind, and each kind is told once', () => {
    const other = at('person', [0.42, 0.2, 0.1, 0.4])
    const bags = [at('handbag', [0.41, 0.4, 0.03, 0.05]), at('handbag', [0.46, 0.4, 0.03, 0.05])]
    expect(labelsBeside(person, [person, other, ...bags])).toEqual(['handbag'])
  })
})

describe('over all looks', () => {
  test('counts what was there in at least half of them, the most frequent first', () => {
    const counts = new Map([
      ['car', 4],
      ['tie', 6],
      ['bicycle', 10],
      ['handbag', 6],
    ])
    expect(companionsOf(counts, 10)).toEqual([
      { label: 'bicycle', share: 1 },
      { label: 'handbag', share: 0.6 },
      { label: 'tie', share: 0.6 },
    ])
  })

  test('says nothing where nobody looked', () => {
    expect(companionsOf(new Map(), 0)).toEqual([])
  })
})
