import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEFAULT_PACK_DIR, loadPack } from '../pack/load-pack.ts'
import { createOnnxTextEncoder } from '../text/onnx-text-encoder.ts'
import type { TextEncoder } from '../text/text-encoder.ts'
import type { PromptInterpreter } from './prompt-interpreter.ts'
import { createTextPromptInterpreter } from './text-prompt-interpreter.ts'

/** Prompts with what they should be understood as, written down before the first result was seen. */
interface InterpreterCase {
  prompt: string
  /** Every one of these must be named. */
  labels: readonly string[]
  /** These may be named too; anything else is a fault. With no `labels`, at least one of these unless `orNone`. */
  allowed?: readonly string[]
  orNone?: boolean
  colours?: readonly string[]
  companions?: readonly string[]
}

const INTERPRETER_CASES: readonly InterpreterCase[] = [
  { prompt: 'automobile', labels: ['car'] },
  { prompt: 'lorry', labels: ['truck'] },
  { prompt: 'someone', labels: ['person'] },
  { prompt: 'pedestrian', labels: ['person'] },
  { prompt: 'man', labels: ['person'] },
  { prompt: 'woman', labels: ['person'] },
  { prompt: 'people', labels: ['person'] },
  { prompt: 'children playing', labels: ['person'] },
  { prompt: 'police officer', labels: ['person'] },
  { prompt: 'lady in green', labels: ['person'], colours: ['green'] },
  { prompt: 'person in a white shirt', labels: ['person'], colours: ['white'] },
  { prompt: 'someone walking left', labels: ['person'] },
  { prompt: 'boy on a skateboard', labels: ['person'], companions: ['skateboard'] },
  { prompt: 'man with a dog', labels: ['person'], companions: ['dog'] },
  { prompt: 'cyclist', labels: [], allowed: ['person', 'bicycle'] },
  { prompt: 'motorcyclist without helmet', labels: [], allowed: ['person', 'motorcycle'] },
  { prompt: 'bike', labels: ['bicycle'], allowed: ['motorcycle'] },
  { prompt: 'bicycle near the left edge', labels: ['bicycle'] },
  { prompt: 'motorbike', labels: ['motorcycle'], allowed: ['bicycle'] },
  { prompt: 'crimson automobile', labels: ['car'], colours: ['red'] },
  { prompt: 'red cars and trucks', labels: ['car', 'truck'], colours: ['red'] },
  { prompt: 'fast red sports car', labels: ['car'], colours: ['red'] },
  { prompt: 'silver sedan', labels: ['car'], colours: ['grey'] },
  { prompt: 'orange car', labels: ['car'], colours: ['orange'] },
  { prompt: 'taxi', labels: ['car'] },
  { prompt: 'van', labels: [], allowed: ['car', 'truck', 'bus'] },
  { prompt: 'green traffic lights', labels: ['traffic light'], colours: ['green'] },
  { prompt: 'traffic signal', labels: ['traffic light'], allowed: ['stop sign'] },
  { prompt: 'dog', labels: ['dog'] },
  { prompt: 'puppy', labels: ['dog'] },
  { prompt: 'kitten', labels: ['cat'] },
  { prompt: 'giraffe', labels: ['giraffe'] },
  { prompt: 'white horses', labels: ['horse'], colours: ['white'] },
  { prompt: 'seagull', labels: ['bird'] },
  { prompt: 'navy backpack', labels: ['backpack'], colours: ['blue'] },
  { prompt: 'rucksack', labels: ['backpack'] },
  { prompt: 'hand bag', labels: ['handbag'] },
  { prompt: 'mobile phone', labels: ['cell phone'] },
  { prompt: 'television', labels: ['tv'] },
  { prompt: 'laptop computer', labels: ['laptop'] },
  { prompt: 'fridge', labels: ['refrigerator'] },
  { prompt: 'sofa', labels: ['couch'] },
  { prompt: 'empty chair', labels: ['chair'] },
  { prompt: 'mug', labels: ['cup'] },
  { prompt: 'knives', labels: ['knife'] },
  { prompt: 'football', labels: ['sports ball'] },
  { prompt: 'aeroplane', labels: ['airplane'] },
  { prompt: 'an orange', labels: ['orange'], colours: [] },
  { prompt: 'purple dragon', labels: [], colours: ['purple'] },
  { prompt: 'cat flap', labels: [] },
  { prompt: 'car keys', labels: [] },
  { prompt: 'bus stop', labels: [] },
  { prompt: 'helicopter', labels: [] },
  { prompt: 'submarine', labels: [], allowed: ['boat'], orNone: true },
  { prompt: 'forklift', labels: [], allowed: ['truck'], orNone: true },
  { prompt: 'invoice', labels: [] },
  { prompt: 'wardrobe', labels: [] },
  { prompt: 'washing machine', labels: [] },
  { prompt: 'tree', labels: [] },
  { prompt: 'fire', labels: [] },
  { prompt: 'smoke', labels: [] },
  { prompt: 'gun', labels: [] },
  { prompt: 'ladder', labels: [] },
  { prompt: 'door', labels: [] },
  { prompt: 'licence plate', labels: [] },
  { prompt: 'a beautiful day', labels: [] },
]

function isAsWanted(wanted: InterpreterCase, labels: readonly string[]): boolean {
  const { allowed = [] } = wanted
  const nothingStrange = labels.every((label) => wanted.labels.includes(label) || allowed.includes(label))
  const somethingAllowed = allowed.length === 0 || wanted.orNone === true || labels.length > 0
  return nothingStrange && somethingAllowed && wanted.labels.every((label) => labels.includes(label))
}

describe('createTextPromptInterpreter with the default pack', () => {
  let encoder: TextEncoder
  let interpreter: PromptInterpreter
  beforeAll(async () => {
    const pack = await loadPack(DEFAULT_PACK_DIR)
    encoder = await createOnnxTextEncoder(pack)
    interpreter = createTextPromptInterpreter({ encoder, labels: pack.manifest.detector?.labels ?? [] })
  })
  afterAll(() => encoder[Symbol.asyncDispose]())

  it.each(INTERPRETER_CASES)('understands "$prompt"', async (wanted) => {
    const { labels, colours, companions } = await interpreter.interpret(wanted.prompt)
    expect(labels.map(({ label }) => label)).toSatisfy((found: string[]) => isAsWanted(wanted, found))
    if (wanted.colours) expect(colours).toEqual(wanted.colours)
    expect(companions).toEqual(wanted.companions)
  })

  it.each([
    ['automobile', undefined],
    ['double-decker', undefined],
    ['lady', 'some'],
    ['gentleman', 'some'],
    ['motorbike', 'some'],
    ['lorry', 'some'],
    ['taxi', 'part'],
    ['fire engine', 'part'],
    ['skateboarder', 'part'],
  ])('knows how much of what it can see %j means', async (prompt, means) => {
    const { labels } = await interpreter.interpret(prompt)
    expect(labels).toHaveLength(1)
    expect(labels[0]?.means).toBe(means)
  })

  it('takes a word of two senses for the thing that is called so', async () => {
    expect((await interpreter.interpret('coach')).labels[0]?.label).toBe('bus')
    expect((await interpreter.interpret('pushbike')).labels).toMatchObject([{ label: 'bicycle' }])
  })

  it.each([
    ['person in a red jacket', { colours: ['red'], ignored: [] }],
    ['person in shorts', { colours: [], ignored: ['short'] }],
    ['fluffy tan coat', { labels: [{ label: 'person' }], colours: ['brown'], ignored: ['fluffy'] }],
    ['person carrying white papers', { colours: [], ignored: ['white', 'paper'] }],
    ['person not wearing black', { colours: [], absentColours: ['black'], ignored: [] }],
    ['pieces of fruit', { labels: expect.arrayContaining([{ label: 'apple', similarity: 1 }]) as unknown }],
    [
      'someone in a white hat and blue jeans',
      {
        worn: [
          { part: 'head', colours: ['white'] },
          { part: 'lower', colours: ['blue'] },
        ],
      },
    ],
    ['man in a navy and red jacket', { worn: [{ part: 'upper', colours: ['blue', 'red'] }] }],
  ])('gives each colour to what has it: %j', async (prompt, understood) => {
    expect(await interpreter.interpret(prompt)).toMatchObject(understood)
  })

  it('gives what is worn from head to foot to no part', async () => {
    const { colours, worn } = await interpreter.interpret('lady in a green dress')
    expect([colours, worn]).toEqual([['green'], undefined])
  })

  it('says which kinds it cannot tell apart', async () => {
    expect((await interpreter.interpret('yellow taxi with a dog')).summary).toBe(
      'Watching for car with dog; keeping yellow; cannot tell taxi from any car',
    )
  })

  it('says in one sentence what it will do, and which words it cannot tell', async () => {
    expect(await interpreter.interpret('crimson automobile without driver')).toMatchObject({
      labels: [{ label: 'car' }],
      colours: ['red'],
      ignored: ['driver'],
      summary: 'Watching for car; keeping red; cannot tell driver',
    })
    expect((await interpreter.interpret('purple dragon')).summary).toBe(
      'Names nothing that this pack can see, only purple; cannot tell dragon',
    )
  })

  it('finds every label of the pack by its own name and its plural', async () => {
    const { manifest } = await loadPack(DEFAULT_PACK_DIR)
    for (const label of manifest.detector?.labels ?? []) {
      const { labels } = await interpreter.interpret(label)
      expect(labels).toEqual([{ label, similarity: 1 }])
    }
  })

  it('takes a kind of things for all labels of that kind', async () => {
    const { labels } = await interpreter.interpret('vehicles')
    expect(labels.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['car', 'truck', 'bus', 'bicycle']),
    )
  })

  it('does not wait for vectors when the words themselves name a label', async () => {
    const silent: TextEncoder = {
      space: encoder.space,
      encode: () => Promise.reject(new Error('was asked')),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }
    const lexical = createTextPromptInterpreter({ encoder: silent, labels: ['car'] })
    expect((await lexical.interpret('two red cars')).labels).toEqual([{ label: 'car', similarity: 1 }])
  })
})
