import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COLOUR_NAMES } from './name-colour.ts'
import { withoutShades, type NamedPart } from './shaded-colours.ts'

/** A part with all of its samples at one hue. */
function part(name: NamedPart['name'], weight: number, hueDegrees: number): NamedPart {
  const turn = (hueDegrees * Math.PI) / 180
  return { name, weight, a: weight * 0.1 * Math.cos(turn), b: weight * 0.1 * Math.sin(turn) }
}
const sharesOf = (parts: readonly NamedPart[]) => parts.map(({ name, weight }) => [name, weight])

describe('withoutShades', () => {
  it('gives the shaded side of a red thing to red', () => {
    const shares = sharesOf(
      withoutShades([part('grey', 0.2, 90), part('red', 0.3, 28), part('brown', 0.4, 40)]),
    )
    expect(shares).toEqual([
      ['grey', 0.2],
      ['red', 0.7],
    ])
  })

  it('gives it to the lit colour of the nearest hue', () => {
    const parts = [part('red', 0.3, 30), part('orange', 0.3, 60), part('brown', 0.2, 52)]
    expect(sharesOf(withoutShades(parts))).toEqual([
      ['red', 0.3],
      ['orange', 0.5],
    ])
  })

  it.each([
    ['a brown dog with a red collar', [part('red', 0.1, 35), part('brown', 0.7, 50)]],
    ['brown trousers under a red jacket of another hue', [part('red', 0.4, 20), part('brown', 0.4, 65)]],
    ['brown beside what is not lit', [part('black', 0.4, 50), part('brown', 0.4, 50)]],
  ])('leaves %s as it is', (_, parts) => {
    expect(withoutShades(parts)).toEqual(parts)
  })

  it('neither makes nor loses any weight', () => {
    const anyPart = fc
      .tuple(
        fc.constantFrom(...COLOUR_NAMES),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ max: 180, min: -180 }),
      )
      .map(([name, weight, hue]) => part(name, weight, hue))
    const weigh = (parts: readonly NamedPart[]): number => parts.reduce((sum, { weight }) => sum + weight, 0)
    fc.assert(
      fc.property(fc.uniqueArray(anyPart, { selector: ({ name }) => name }), (parts) => {
        expect(weigh(withoutShades(parts))).toBeCloseTo(weigh(parts), 9)
      }),
    )
  })
})
