// What a detector's confidence may and may not do to an answer.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Band } from '@sam3-fleet/shared/search/band'
import { createRelevance, type Candidate } from './relevance.ts'

const relevance = createRelevance({ calibration: { mean: 0.25, deviation: 0.1 } })
const rankOf = (band: Band | null): number => [null, 'weak', 'likely', 'strong'].indexOf(band)
const dog: Candidate = {
  similarity: 0.6,
  interpretation: {
    prompt: 'a dog',
    labels: [{ label: 'dog', similarity: 1 }],
    colours: [],
    ignored: [],
    summary: '',
  },
  labelOfCandidate: 'dog',
  coloursOfCandidate: [],
}
const seenWith = (confidenceOfCandidate: number | undefined) =>
  relevance.score({ ...dog, confidenceOfCandidate })

test('what a detector hardly sees is a weak answer, and strong only what it is sure of', () => {
  expect([0.36, 0.5, 0.8, undefined].map((confidence) => seenWith(confidence).band)).toEqual([
    'weak',
    'likely',
    'strong',
    'strong',
  ])
})

test('the surer stands first and has no lesser band, and nothing appears or goes by confidence alone', () => {
  const part = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(part, part, fc.double({ min: -1, max: 1, noNaN: true }), (a, b, similarity) => {
      const scored = (confidenceOfCandidate: number) =>
        relevance.score({ ...dog, similarity, confidenceOfCandidate })
      const [less, more] = [scored(Math.min(a, b)), scored(Math.max(a, b))]
      expect(more.rankScore).toBeGreaterThanOrEqual(less.rankScore)
      expect(less.band === null).toBe(more.band === null)
      expect(rankOf(more.band)).toBeGreaterThanOrEqual(rankOf(less.band))
    }),
  )
})
