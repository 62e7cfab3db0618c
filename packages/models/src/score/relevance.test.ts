import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candidate } from './relevance.ts'
import { createRelevance } from './relevance.ts'

const calibration = { mean: 0.25, deviation: 0.1 }
const relevance = createRelevance({ calibration })
const cosineAt = (z: number): number => calibration.mean + z * calibration.deviation

function asked(over: Partial<Interpretation>): Interpretation {
  return { prompt: '', labels: [], colours: [], ignored: [], summary: '', ...over }
}
const LADY_IN_GREEN = asked({ labels: [{ label: 'person', similarity: 0.74 }], colours: ['green'] })
const GIRAFFE = asked({ labels: [{ label: 'giraffe', similarity: 1 }] })
const INVOICE = asked({ ignored: ['invoice'] })
const red = [{ name: 'red', share: 0.6 }]
const green = [{ name: 'green', share: 0.6 }]

function bandOf(
  interpretation: Interpretation,
  label: string,
  colours: Candidate['coloursOfCandidate'],
  z: number,
) {
  return relevance.score({
    similarity: cosineAt(z),
    interpretation,
    labelOfCandidate: label,
    coloursOfCandidate: colours,
  }).band
}

describe('createRelevance', () => {
  it('calls strong what has the asked label and colour', () => {
    expect(bandOf(LADY_IN_GREEN, 'person', green, 2)).toBe('strong')
  })

  it('never calls a green sign a lady in green', () => {
    expect(bandOf(LADY_IN_GREEN, 'stop sign', green, 2)).toBeNull()
    expect(bandOf(LADY_IN_GREEN, 'stop sign', green, 5)).toBe('weak')
  })

  it('calls a person in red weak when a lady in green is asked, and likely when the colour cannot be told', () => {
    expect(bandOf(LADY_IN_GREEN, 'person', red, 2)).toBe('weak')
    expect(bandOf(LADY_IN_GREEN, 'person', [], 2)).toBe('likely')
  })

  it('shows nothing for a giraffe where there is none', () => {
    for (const label of ['person', 'dog', 'car']) expect(bandOf(GIRAFFE, label, red, 2.5)).toBeNull()
  })

  it('gives at most weak for what no detector here can see, and nothing for an accidental likeness', () => {
    expect(bandOf(INVOICE, 'book', [], 2)).toBeNull()
    expect(bandOf(INVOICE, 'book', [], 6)).toBe('weak')
  })

  it('gives at most likely when no thing is named', () => {
    expect(bandOf(asked({ colours: ['red'] }), 'car', red, 6)).toBe('likely')
    expect(bandOf(asked({ colours: ['red'] }), 'car', green, 6)).toBeNull()
    expect(bandOf(asked({ prompt: 'crossing' }), 'car', [], 6)).toBe('likely')
  })

  it('takes either colour where several things are asked, and wants both of one thing', () => {
    const colours = ['red', 'blue']
    const labels = ['car', 'truck'].map((label) => ({ label, similarity: 1 }))
    expect(bandOf(asked({ labels, colours }), 'car', red, 2)).toBe('strong')
    expect(bandOf(asked({ labels: labels.slice(0, 1), colours }), 'car', red, 2)).toBe('likely')
  })

  it('says no more than was measured of what was asked', () => {
    const lady = asked({ labels: [{ label: 'person', similarity: 1, means: 'some' }] })
    const skateboarder = asked({ labels: [{ label: 'person', similarity: 1, means: 'part' }] })
    const fluffyDog = asked({ labels: [{ label: 'dog', similarity: 1 }], ignored: ['fluffy'] })
    expect(bandOf(lady, 'person', [], 6)).toBe('likely')
    expect(bandOf(skateboarder, 'person', [], 6)).toBe('weak')
    expect(bandOf(fluffyDog, 'dog', [], 6)).toBe('likely')
  })

  it('calls weak what shows a colour that is not to be there, and likely what shows only others', () => {
    const notGreen = asked({ labels: [{ label: 'person', similarity: 1 }], absentColours: ['green'] })
    expect([green, red, []].map((colours) => bandOf(notGreen, 'person', colours, 2))).toEqual([
      'weak',
      'likely',
      'likely',
    ])
  })

  it('calls strong what has beside it what was asked, and weak what has not or where nobody looked', () => {
    const withDog = asked({ labels: [{ label: 'person', similarity: 1 }], companions: ['dog'] })
    const band = (companionsOfCandidate: Candidate['companionsOfCandidate']) =>
      relevance.score({
        similarity: cosineAt(2),
        interpretation: withDog,
        labelOfCandidate: 'person',
        coloursOfCandidate: [],
        companionsOfCandidate,
      }).band
    expect(band([{ label: 'dog', share: 0.8 }])).toBe('strong')
    expect(band([{ label: 'bicycle', share: 0.8 }])).toBe('weak')
    expect([band([]), band(undefined)]).toEqual(['weak', 'weak'])
  })

  it('orders by what a picture resembles, inside a band and never out of it', () => {
    const likely = createRelevance({ calibration, likeness: (resembles) => 5 * (resembles[0]?.share ?? 0) })
    const footballer = asked({ labels: [{ label: 'person', similarity: 1, means: 'part' }] })
    const scored = (share: number) =>
      likely.score({
        similarity: cosineAt(1),
        interpretation: footballer,
        labelOfCandidate: 'person',
        coloursOfCandidate: [],
        resemblesOfCandidate: [{ name: 'soccer ball', share }],
      })
    expect(scored(0.9).rankScore).toBeGreaterThan(scored(0.1).rankScore)
    expect([scored(0.9).band, scored(0.1).band]).toEqual(['weak', 'weak'])
    expect(scored(1).rankScore).toBeLessThan(2)
  })

  it('lowers what moves another way than asked, and what stands on the other side', () => {
    const walkingLeft = asked({
      prompt: 'someone walking left',
      labels: [{ label: 'person', similarity: 1 }],
    })
    const nearLeft = asked({ prompt: 'person near the left edge', labels: walkingLeft.labels })
    const band = (interpretation: Interpretation, movement: string, place: string) =>
      relevance.score({
        similarity: cosineAt(3),
        interpretation,
        labelOfCandidate: 'person',
        coloursOfCandidate: [],
        motionOfCandidate: { movement, place },
      }).band
    expect(band(walkingLeft, 'moving left', 'right')).toBe('strong')
    expect(band(walkingLeft, 'crossing from right to left', 'left')).toBe('strong')
    expect(band(walkingLeft, 'moving right', 'left')).toBe('weak')
    expect(band(walkingLeft, '', 'left')).toBe('likely')
    expect(band(nearLeft, 'moving right', 'bottom left')).toBe('strong')
    expect(band(nearLeft, 'moving left', 'right')).toBe('likely')
  })

  const candidates = fc.record({
    similarity: fc.double({ min: -1, max: 1, noNaN: true }),
    labelOfCandidate: fc.constantFrom('person', 'car', 'dog'),
    coloursOfCandidate: fc.constantFrom([], red, green),
    interpretation: fc.constantFrom(
      LADY_IN_GREEN,
      GIRAFFE,
      INVOICE,
      asked({ prompt: 'red', colours: ['red'] }),
      asked({ prompt: 'a dog going left', labels: [{ label: 'dog', similarity: 1 }] }),
    ),
    motionOfCandidate: fc.record({
      movement: fc.constantFrom('', 'moving left', 'standing still'),
      place: fc.constantFrom('left', 'top right', 'centre'),
    }),
  })

  it('is strong only for an agreeing label and every asked colour, whatever the cosine', () => {
    fc.assert(
      fc.property(candidates, (candidate) => {
        if (relevance.score(candidate).band !== 'strong') return
        const { labels, colours } = candidate.interpretation
        expect(labels.map(({ label }) => label)).toContain(candidate.labelOfCandidate)
        for (const name of colours) expect(candidate.coloursOfCandidate.map((c) => c.name)).toContain(name)
      }),
    )
  })

  it('sorts bands without interleaving, shows 0..1 in the same order, and grows with the cosine', () => {
    const rank = { strong: 3, likely: 2, weak: 1, none: 0 }
    fc.assert(
      fc.property(candidates, candidates, fc.double({ min: 0, max: 0.5, noNaN: true }), (a, b, more) => {
        const [first, second] = [relevance.score(a), relevance.score(b)]
        const difference = rank[first.band ?? 'none'] - rank[second.band ?? 'none']
        if (difference > 0) expect(first.rankScore).toBeGreaterThanOrEqual(second.rankScore)
        if (first.rankScore > second.rankScore) expect(first.similarity).toBeGreaterThan(second.similarity)
        expect(first.similarity).toBeGreaterThanOrEqual(0)
        expect(first.similarity).toBeLessThanOrEqual(1)
        const nearer = relevance.score({ ...a, similarity: a.similarity + more })
        expect(nearer.rankScore).toBeGreaterThanOrEqual(first.rankScore)
      }),
    )
  })
})
