import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { sightingAttributesSchema, sightingSchema } from '@sam3-fleet/shared/domain/sighting'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeSighting } from './describe-sighting.ts'
import type { MeasuredSighting } from './measured-sighting.ts'
import { COLOUR_NAMES } from './name-colour.ts'

const LEFT: Bbox = [0.05, 0.4, 0.08, 0.2]
const RIGHT: Bbox = [0.85, 0.4, 0.08, 0.2]
const still = (bbox: Bbox) => [
  { atMs: 0, bbox },
  { atMs: 5000, bbox },
]

describe('describeSighting', () => {
  it('speaks of clothes for people and of paint for things', () => {
    const colours = [
      { name: 'white', share: 0.5 },
      { name: 'blue', share: 0.3 },
    ]
    expect(describeSighting({ label: 'person', colours, bbox: LEFT, path: [] }).description).toBe(
      'a person in white and blue, small, at the left of the picture',
    )
    expect(describeSighting({ label: 'bus', colours, bbox: RIGHT, path: [] }).description).toBe(
      'a white and blue bus, small, at the right of the picture',
    )
  })

  it('leaves the glass and tyres of a vehicle unsaid, but not the paint of a black one nor black clothes', () => {
    const said = (label: string, ...names: string[]) => {
      const colours = names.map((name, at) => ({ name, share: 0.5 - at / 10 }))
      return describeSighting({ label, colours, bbox: LEFT, path: [] }).description.split(',')[0]
    }
    expect(said('car', 'grey', 'black')).toBe('a grey car')
    expect(said('car', 'red', 'white', 'black')).toBe('a red and white car')
    expect(said('car', 'black', 'grey')).toBe('a black and grey car')
    expect(said('person', 'grey', 'black')).toBe('a person in grey and black')
  })

  it('uses the right article with and without a colour', () => {
    const bare = { colours: [], bbox: LEFT, path: [] }
    expect(describeSighting({ ...bare, label: 'umbrella' }).description).toMatch(/^an umbrella,/)
    const orange = [{ name: 'orange', share: 0.9 }]
    expect(describeSighting({ ...bare, colours: orange, label: 'cat' }).description).toMatch(
      /^an orange cat,/,
    )
  })

  it('says how the object moved, from its own track', () => {
    const moved = (first: Bbox, last: Bbox) =>
      describeSighting({
        label: 'person',
        colours: [],
        bbox: last,
        path: [
          { atMs: 0, bbox: first },
          { atMs: 4000, bbox: last },
        ],
      }).attributes.movement
    expect(moved(LEFT, RIGHT)).toBe('crossing from left to right')
    expect(moved(RIGHT, LEFT)).toBe('crossing from right to left')
    expect(moved(LEFT, [0.25, 0.42, 0.08, 0.2])).toBe('moving right')
    expect(moved(LEFT, LEFT)).toBe('standing still')
    expect(moved([0.45, 0.4, 0.05, 0.1], [0.42, 0.4, 0.1, 0.3])).toBe('moving towards the camera')
    expect(moved([0.42, 0.4, 0.1, 0.3], [0.45, 0.4, 0.05, 0.1])).toBe('moving away from the camera')
  })

  it('does not take an object that enters at the edge for one that comes nearer', () => {
    const path = [
      { atMs: 0, bbox: [0, 0.4, 0.03, 0.2] as Bbox },
      { atMs: 4000, bbox: [0.2, 0.4, 0.1, 0.2] as Bbox },
    ]
    expect(describeSighting({ label: 'car', colours: [], bbox: LEFT, path }).attributes.movement).toBe(
      'moving right',
    )
  })

  it('tells going and coming back from standing', () => {
    const path = [0.1, 0.3, 0.5, 0.3, 0.1].map((x, i) => ({
      atMs: i * 1000,
      bbox: [x, 0.4, 0.05, 0.2] as Bbox,
    }))
    expect(describeSighting({ label: 'dog', colours: [], bbox: LEFT, path }).attributes.movement).toBe(
      'moving about',
    )
  })

  it('says nothing of the movement of a track too short to tell', () => {
    const path = [
      { atMs: 0, bbox: LEFT },
      { atMs: 300, bbox: RIGHT },
    ]
    const { attributes, description } = describeSighting({ label: 'car', colours: [], bbox: LEFT, path })
    expect(attributes.movement).toBe('')
    expect(description).toBe('a car, small, at the left of the picture')
  })

  it('gives one embedding text to sightings that differ only in size, share order or height in the picture', () => {
    const near: MeasuredSighting = {
      label: 'car',
      colours: [
        { name: 'red', share: 0.5 },
        { name: 'black', share: 0.4 },
      ],
      bbox: [0.05, 0.1, 0.2, 0.2],
      path: still([0.05, 0.1, 0.2, 0.2]),
    }
    const far: MeasuredSighting = {
      ...near,
      colours: near.colours.toReversed(),
      bbox: [0.06, 0.7, 0.03, 0.03],
      path: still([0.06, 0.7, 0.03, 0.03]),
    }
    expect(describeSighting(far).embeddingText).toBe(describeSighting(near).embeddingText)
  })

  it('says what was with it, and nothing where nobody looked', () => {
    const alone = { label: 'person', colours: [{ name: 'black', share: 0.6 }], bbox: LEFT, path: [] }
    const companions = ['tie', 'umbrella', 'dog'].map((label) => ({ label, share: 0.9 }))
    const said = describeSighting({ ...alone, companions })
    expect(said.description).toMatch(/^a person in black with a tie and an umbrella, /)
    expect(said.embeddingText).toMatch(/^a person in black with a tie and an umbrella /)
    expect(said.attributes.companions).toEqual(companions)
    expect(describeSighting(alone).attributes).not.toHaveProperty('companions')
  })

  it('traces every word to a measurement, fits the schema and keeps the texts few, for any measurement', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true })
    const box = fc.tuple(unit, unit, unit, unit)
    const measured = fc.record({
      label: fc.constantFrom('person', 'car', 'traffic light', 'umbrella'),
      colours: fc.uniqueArray(fc.record({ name: fc.constantFrom(...COLOUR_NAMES), share: unit }), {
        maxLength: 3,
        selector: ({ name }) => name,
      }),
      companions: fc.uniqueArray(
        fc.record({ label: fc.constantFrom('bicycle', 'tie', 'umbrella'), share: unit }),
        { maxLength: 3, selector: ({ label }) => label },
      ),
      bbox: box,
      path: fc.array(fc.record({ atMs: fc.integer({ min: 0, max: 100_000 }), bbox: box }), { maxLength: 6 }),
    })
    fc.assert(
      fc.property(measured, (input) => {
        const { description, embeddingText, attributes, words } = describeSighting(input)
        expect(words.map(({ word }) => word).join(' ')).toBe(description.replaceAll(',', ''))
        expect(() => sightingAttributesSchema.parse(attributes)).not.toThrow()
        expect(() => sightingSchema.shape.description.parse(description)).not.toThrow()
        const said = words.filter(({ from }) => from === 'colours').map(({ word }) => word)
        for (const word of said) expect(input.colours.map((c) => c.name as string)).toContain(word)
        for (const word of said) expect(embeddingText.split(' ')).toContain(word)
        const beside = words.filter(({ from }) => from === 'companions').map(({ word }) => word)
        for (const word of beside) expect(input.companions.map(({ label }) => label)).toContain(word)
        expect(attributes.companions).toEqual(input.companions)
        expect(embeddingText).toContain(input.label)
      }),
    )
  })
})
