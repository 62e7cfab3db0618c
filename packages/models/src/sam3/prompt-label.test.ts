import fc from 'fast-check'
import { expect, it } from 'vitest'
import { promptLabel } from './prompt-label.ts'
import { createWordInterpreter } from './word-interpreter.ts'

it('is one label for words that differ in spaces and case alone', () => {
  expect(promptLabel('  Red   CAR\n')).toBe('red car')
  const words = fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1, maxLength: 6 })
  const gap = fc.constantFrom(' ', '  ', '\t', '\n ')
  fc.assert(
    fc.property(words, gap, (said, between) => {
      expect(promptLabel(` ${said.join(between).toUpperCase()} `)).toBe(promptLabel(said.join(' ')))
    }),
  )
})

it('fits into a sighting whatever is said, and stays itself', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400, unit: 'grapheme' }), (prompt) => {
      const label = promptLabel(prompt)
      expect(label.length).toBeLessThanOrEqual(80)
      expect(promptLabel(label)).toBe(label)
      expect(label.isWellFormed()).toBe(true)
    }),
  )
})

it('is not cut in the middle of a character', () => {
  expect(promptLabel(`${'a'.repeat(78)}🚲🚲`)).toBe(`${'a'.repeat(78)}…`)
})

it('is what an interpreted prompt looks for, and nothing where nothing is said', async () => {
  const interpreter = createWordInterpreter()
  const { labels, summary } = await interpreter.interpret('A Garden gnome')
  expect([labels, summary]).toEqual([
    [{ label: 'a garden gnome', similarity: 1 }],
    'Watching for "a garden gnome"',
  ])
  expect((await interpreter.interpret('  ')).labels).toEqual([])
})
