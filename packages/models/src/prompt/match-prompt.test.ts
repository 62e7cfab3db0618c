import { expect, it } from 'vitest'
import { matchPrompt } from './match-prompt.ts'

const redCar = {
  prompt: '',
  labels: [{ label: 'car', similarity: 1 }],
  colours: ['red'],
  ignored: [],
  summary: '',
}

it('keeps what has a named label and shows an asked colour', () => {
  const red = [{ name: 'red', share: 0.4 }]
  expect(matchPrompt(redCar, { label: 'car', colours: red })).toBe(true)
  expect(matchPrompt(redCar, { label: 'bus', colours: red })).toBe(false)
  expect(matchPrompt(redCar, { label: 'car', colours: [{ name: 'blue', share: 0.9 }] })).toBe(false)
  expect(matchPrompt(redCar, { label: 'car', colours: [] })).toBe(false)
  expect(matchPrompt({ ...redCar, colours: [] }, { label: 'car', colours: [] })).toBe(true)
  expect(matchPrompt({ ...redCar, labels: [] }, { label: 'car', colours: red })).toBe(false)
})
