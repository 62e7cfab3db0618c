import { describe, expect, it } from 'vitest'
import { nameColour } from './name-colour.ts'

/** CSS Color Module Level 4, section 6.1, whose own name is a basic colour term. */
const CSS_BASIC = {
  black: 0x000000,
  white: 0xffffff,
  grey: 0x808080,
  red: 0xff0000,
  orange: 0xffa500,
  yellow: 0xffff00,
  green: 0x008000,
  blue: 0x0000ff,
  purple: 0x800080,
  pink: 0xffc0cb,
  // CSS "brown" (#a52a2a) is a dark red; what people call brown is near "saddlebrown".
  brown: 0x8b4513,
} as const

describe('nameColour', () => {
  it.each(Object.entries(CSS_BASIC))('calls CSS %s by its own name', (name, rgb) => {
    expect(nameColour(rgb >> 16, (rgb >> 8) & 255, rgb & 255)).toBe(name)
  })

  it.each<[string, string, number]>([
    ['red', 'crimson', 0xdc143c],
    ['red', 'firebrick', 0xb22222],
    ['red', 'maroon', 0x800000],
    ['blue', 'navy', 0x000080],
    ['blue', 'skyblue', 0x87ceeb],
    ['green', 'olive', 0x808000],
    ['green', 'forestgreen', 0x228b22],
    ['yellow', 'gold', 0xffd700],
    ['pink', 'hotpink', 0xff69b4],
    ['purple', 'indigo', 0x4b0082],
    ['brown', 'chocolate', 0x7b3f00],
    ['grey', 'slategrey', 0x708090],
    ['orange', 'darkorange', 0xff8c00],
  ])('calls a %s that has a name of its own (%s) by the basic term', (basic, _css, rgb) => {
    expect(nameColour(rgb >> 16, (rgb >> 8) & 255, rgb & 255)).toBe(basic)
  })

  it('ignores the chroma noise of very dark and of colourless pixels', () => {
    expect(nameColour(18, 10, 10)).toBe('black')
    expect(nameColour(128, 126, 132)).toBe('grey')
  })
})
