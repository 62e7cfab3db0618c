// Colours that are asked of a part of somebody, against what each part was measured to have.
import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import type { PartColours } from '@sam3-fleet/shared/domain/sighting'
import { describe, expect, test } from 'vitest'
import { colourAgreement } from './agreement.ts'

const asked = (over: Partial<Interpretation>): Interpretation => ({
  prompt: '',
  labels: [{ label: 'person', similarity: 1 }],
  colours: [],
  ignored: [],
  summary: '',
  ...over,
})
const part = (name: PartColours['part'], colour: string, share = 0.6): PartColours => ({
  part: name,
  colours: [{ name: colour, share }],
})
const mostlyBlack = [{ name: 'black', share: 0.7 }]

describe('a colour of a garment', () => {
  const redJacket = asked({ colours: ['red'], worn: [{ part: 'upper', colours: ['red'] }] })

  test('agrees where most of its part has it, however little of the whole that is', () => {
    expect(colourAgreement(redJacket, mostlyBlack, [part('upper', 'red'), part('lower', 'black')])).toBe(
      'agrees',
    )
  })

  test('agrees where a little of its part has it only if all looks show it too', () => {
    const little = [part('upper', 'red', 0.3), part('lower', 'black')]
    expect(colourAgreement(redJacket, mostlyBlack, little)).toBe('contradicts')
    expect(colourAgreement(redJacket, [...mostlyBlack, { name: 'red', share: 0.2 }], little)).toBe('agrees')
  })

  test('is not that of the lawn beside somebody small', () => {
    const greenDress = asked({ colours: ['green'], worn: [{ part: 'lower', colours: ['green'] }] })
    const onLawn: PartColours[] = [
      {
        part: 'upper',
        colours: [
          { name: 'black', share: 0.67 },
          { name: 'green', share: 0.3 },
        ],
      },
      {
        part: 'lower',
        colours: [
          { name: 'black', share: 0.52 },
          { name: 'green', share: 0.39 },
        ],
      },
    ]
    expect(colourAgreement(greenDress, mostlyBlack, onLawn)).toBe('contradicts')
  })

  test('contradicts where another part has it', () => {
    const red = [{ name: 'red', share: 0.4 }]
    expect(colourAgreement(redJacket, red, [part('upper', 'black'), part('lower', 'red')])).toBe(
      'contradicts',
    )
  })

  test('is judged by the whole where its part is not shown or nobody looked', () => {
    const red = [{ name: 'red', share: 0.4 }]
    expect(colourAgreement(redJacket, red, [part('lower', 'black')])).toBe('agrees')
    expect(colourAgreement(redJacket, red)).toBe('agrees')
    expect(colourAgreement(redJacket, mostlyBlack)).toBe('contradicts')
  })

  test('agrees partly where one of two parts is as asked', () => {
    const both = asked({
      colours: ['blue', 'white'],
      worn: [
        { part: 'upper', colours: ['blue'] },
        { part: 'head', colours: ['white'] },
      ],
    })
    expect(colourAgreement(both, mostlyBlack, [part('upper', 'blue'), part('head', 'brown')])).toBe('partly')
    expect(colourAgreement(both, mostlyBlack, [part('upper', 'blue'), part('head', 'white')])).toBe('agrees')
  })
})

describe('a colour of no garment', () => {
  const inRed = asked({ colours: ['red'] })

  test('agrees where it covers much of what somebody wears, and not for a strap, a hand or a face', () => {
    const shown = (parts: PartColours[]) => colourAgreement(inRed, mostlyBlack, parts)
    expect(shown([part('lower', 'red')])).toBe('agrees')
    expect(shown([part('lower', 'red', 0.2)])).toBe('contradicts')
    expect(shown([part('head', 'red')])).toBe('contradicts')
  })
})
