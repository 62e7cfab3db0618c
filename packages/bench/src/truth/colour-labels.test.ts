import { expect, it } from 'vitest'
import { gatherColours } from './colour-labels.ts'
import { naiveColour } from './colour-naive.ts'

const item = {
  file: 'a.avi',
  frameIdx: 3,
  subject: 'man',
  half: 'tune',
  box: [0, 0, 20, 40],
  label: 'person',
} as const

it('gathers the parts of one thing in one picture, and keeps other pictures and things apart', () => {
  const things = gatherColours([
    { ...item, box: [0, 0, 20, 40], part: 'upper', colours: ['black', 'brown'] },
    { ...item, box: [0, 0, 20, 40], frameIdx: 4, part: 'upper', colours: ['white'] },
    { ...item, box: [0, 0, 20, 40], part: 'lower', colours: ['blue'] },
    { ...item, box: [0, 0, 20, 40], subject: 'woman', part: 'lower', colours: ['red'] },
  ])
  expect(things.map(({ subject, frameIdx, parts }) => ({ subject, frameIdx, parts }))).toEqual([
    { subject: 'man', frameIdx: 3, parts: [['black', 'brown'], ['blue']] },
    { subject: 'man', frameIdx: 4, parts: [['white']] },
    { subject: 'woman', frameIdx: 3, parts: [['red']] },
  ])
})

it('naively calls a box after its mean: what is half black and half white is grey', () => {
  const image = { data: new Uint8Array([0, 0, 0, 255, 255, 255, 250, 5, 5]), width: 3, height: 1 }
  expect(naiveColour(image, [0, 0, 2 / 3, 1])).toBe('grey')
  expect(naiveColour(image, [2 / 3, 0, 1 / 3, 1])).toBe('red')
})
