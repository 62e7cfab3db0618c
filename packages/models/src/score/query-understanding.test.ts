import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { Band } from '@sam3-fleet/shared/search/band'
import { dot } from '@sam3-fleet/shared/vector/vector'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeSighting } from '../describe/describe-sighting.ts'
import { DEFAULT_PACK_DIR, loadPack } from '../pack/load-pack.ts'
import { createOnnxTextEncoder } from '../text/onnx-text-encoder.ts'
import type { TextEncoder } from '../text/text-encoder.ts'
import { backgroundCaptions, encodeBackground } from './background-captions.ts'
import type { QueryUnderstanding } from './query-understanding.ts'
import { createQueryUnderstanding } from './query-understanding.ts'

const LEFT: Bbox = [0.05, 0.4, 0.1, 0.2]
const RIGHT: Bbox = [0.8, 0.4, 0.1, 0.2]
const still = (bbox: Bbox) => [bbox, bbox]

function sighting(label: string, colours: string[], [from, to]: Bbox[]) {
  const path = [
    { atMs: 0, bbox: from as Bbox },
    { atMs: 4000, bbox: to as Bbox },
  ]
  const measured = colours.map((name) => ({ name, share: 0.45 }))
  return { label, ...describeSighting({ label, colours: measured, bbox: to as Bbox, path }) }
}

/** A street with no giraffe, no invoice and nobody in green, but with a green sign. */
const STREET = [
  sighting('person', ['black', 'white'], [LEFT, RIGHT]),
  sighting('person', ['red'], [RIGHT, LEFT]),
  sighting('person', [], still(RIGHT)),
  sighting('car', ['red'], still(LEFT)),
  sighting('car', ['grey'], [LEFT, RIGHT]),
  sighting('truck', ['white'], [RIGHT, LEFT]),
  sighting('bicycle', ['blue'], still(LEFT)),
  sighting('bicycle', ['black'], still(RIGHT)),
  sighting('stop sign', ['green'], still(RIGHT)),
  sighting('traffic light', ['green'], still(LEFT)),
  sighting('dog', ['brown'], still(LEFT)),
  sighting('umbrella', ['pink'], [LEFT, RIGHT]),
]

describe('createQueryUnderstanding with the default pack', () => {
  let encoder: TextEncoder
  let understanding: QueryUnderstanding
  let vectors: Float32Array[]
  beforeAll(async () => {
    const pack = await loadPack(DEFAULT_PACK_DIR)
    const labels = pack.manifest.detector?.labels ?? []
    encoder = await createOnnxTextEncoder(pack)
    const background = await encodeBackground(encoder, labels)
    understanding = createQueryUnderstanding({ encoder, labels, background })
    vectors = await encoder.encode(STREET.map(({ embeddingText }) => embeddingText))
  })
  afterAll(() => encoder[Symbol.asyncDispose]())

  async function ask(query: string) {
    const { vector, scorer } = await understanding.understand(query)
    return STREET.map(({ label, attributes, embeddingText }, i) => ({
      embeddingText,
      ...scorer.score({
        similarity: dot(vector, vectors[i] as Float32Array),
        labelOfCandidate: label,
        coloursOfCandidate: attributes.colours,
        motionOfCandidate: attributes,
      }),
    })).sort((a, b) => b.rankScore - a.rankScore)
  }
  const inBand = (answers: Awaited<ReturnType<typeof ask>>, band: Band) =>
    answers.filter((answer) => answer.band === band).map(({ embeddingText }) => embeddingText)

  it.each([
    ['red car', ['a red car']],
    ['crimson automobile', ['a red car']],
    ['person in a white shirt', ['a person in black and white']],
    ['someone walking left', ['a person in red']],
    ['bicycle near the left edge', ['a blue bicycle']],
    ['green traffic lights', ['a green traffic light']],
    ['dogs', ['a brown dog']],
    ['parked vehicle', ['a red car', 'a black bicycle', 'a blue bicycle']],
  ])('answers "%s" strongly with %j and nothing else', async (query, subjects) => {
    const strong = inBand(await ask(query), 'strong')
    expect(strong).toHaveLength(subjects.length)
    for (const subject of subjects) expect(strong.some((text) => text.startsWith(subject))).toBe(true)
  })

  it.each([
    ['white lorry', 'likely', 'a white truck'],
    ['lady in red', 'likely', 'a person in red'],
    ['red taxi', 'weak', 'a red car'],
    ['red car with stripes', 'likely', 'a red car'],
  ] as const)('says no more of "%s" than was measured: %s', async (query, band, subject) => {
    const [first] = await ask(query)
    expect(first?.band).toBe(band)
    expect(first?.embeddingText.startsWith(subject)).toBe(true)
  })

  it('shows nobody in green where only a sign is green', async () => {
    const answers = await ask('lady in green')
    expect(inBand(answers, 'strong')).toEqual([])
    expect(inBand(answers, 'likely').every((text) => text.startsWith('a person standing'))).toBe(true)
    expect(answers.find(({ embeddingText }) => embeddingText.includes('sign'))?.band).toBeNull()
  })

  it.each(['giraffe', 'invoice', 'helicopter', 'purple dragon', 'quarterly tax report'])(
    'answers "%s", of which there is none, with nothing above weak',
    async (query) => {
      const answers = await ask(query)
      expect(inBand(answers, 'strong')).toEqual([])
      expect(inBand(answers, 'likely')).toEqual([])
      expect(inBand(answers, 'weak').length).toBeLessThanOrEqual(1)
    },
  )

  it('answers a query that names no thing with likely at the most', async () => {
    const answers = await ask('something blue')
    expect(inBand(answers, 'strong')).toEqual([])
    expect(inBand(answers, 'likely')).toEqual([expect.stringContaining('a blue bicycle')])
  })

  it('works a query out once and gives the same answer again', async () => {
    const first = await understanding.understand('red car')
    expect(await understanding.understand(' red car ')).toBe(first)
    expect(first.vector).toHaveLength(encoder.space.dimension)
    expect(dot(first.vector, first.vector)).toBeCloseTo(1)
  })

  it('forgets a query that failed, so that asking again can succeed', async () => {
    let broken = true
    const flaky: TextEncoder = {
      space: encoder.space,
      encode: (sentences) => (broken ? Promise.reject(new Error('down')) : encoder.encode(sentences)),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }
    const own = createQueryUnderstanding({
      encoder: flaky,
      labels: ['car'],
      background: vectors.concat(vectors),
    })
    await expect(own.understand('automobile')).rejects.toThrow('down')
    broken = false
    expect((await own.understand('automobile')).interpretation.labels).toMatchObject([{ label: 'car' }])
  })
})

it('makes background captions that are the same every time and cover every label', () => {
  const labels = ['person', 'car', 'traffic light']
  const captions = backgroundCaptions(labels)
  expect(captions).toEqual(backgroundCaptions(labels))
  expect(new Set(captions).size).toBe(captions.length)
  for (const label of labels) expect(captions.some((caption) => caption.includes(label))).toBe(true)
})
