import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { finenessOf, hiddenPart, isClearer, plainClarity, sharedColours, type Look } from './clarity.ts'

const SIZE = { width: 64, height: 64 }
const ALL: Bbox = [0, 0, 1, 1]

/** A picture of one brightness a pixel. */
function pictureOf(brightness: (column: number, row: number) => number, { width, height } = SIZE): RgbImage {
  const data = new Uint8Array(width * height * 3)
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      data.fill(brightness(column, row), (row * width + column) * 3, (row * width + column + 1) * 3)
  return { data, width, height }
}

/** Stripes of this width, seen with a movement of so many pixels to the side while the picture was taken. */
function stripes(width: number, movedPixels: number, contrast = 200): RgbImage {
  const sharp = (column: number): number => (Math.floor((column + 1_000) / width) % 2) * contrast
  return pictureOf((column) => {
    let sum = 0
    for (let moved = 0; moved < movedPixels; moved++) sum += sharp(column + moved)
    return sum / movedPixels
  })
}

describe('plainClarity', () => {
  const picture = { width: 1_000, height: 1_000 }
  const base = { bbox: [0.4, 0.4, 0.1, 0.2] as Bbox, confidence: 0.7, hiddenPart: 0 }
  const clarity = (change: Partial<typeof base>): number => plainClarity({ ...base, ...change }, picture)

  test('is greater for what is larger or surer', () => {
    expect(clarity({ bbox: [0.4, 0.4, 0.2, 0.4] })).toBeGreaterThan(clarity({}))
    expect(clarity({ confidence: 0.9 })).toBeGreaterThan(clarity({}))
  })

  test('is smaller for what is cut by the edge or hidden', () => {
    expect(clarity({ bbox: [0, 0.4, 0.1, 0.2] })).toBeLessThan(clarity({}))
    expect(clarity({ bbox: [0.4, 0.8, 0.1, 0.2] })).toBeLessThan(clarity({}))
    expect(clarity({ hiddenPart: 0.2 })).toBeLessThan(clarity({}))
    expect(clarity({ hiddenPart: 0.4 })).toBeLessThan(clarity({ hiddenPart: 0.2 }))
  })
})

describe('hiddenPart', () => {
  const person: Bbox = [0.4, 0.3, 0.1, 0.4]

  test('is what the nearest thing before it covers', () => {
    const before: Bbox = [0.45, 0.4, 0.1, 0.4]
    expect(hiddenPart(person, [before])).toBeCloseTo((0.05 * 0.3) / (0.1 * 0.4), 9)
    expect(hiddenPart(person, [[0.49, 0.4, 0.1, 0.4], before, [0, 0, 1, 0.5]])).toBe(
      hiddenPart(person, [before]),
    )
  })

  test.each<[string, Bbox]>([
    ['itself', person],
    ['somebody behind it', [0.45, 0.25, 0.1, 0.4]],
    ['somebody beside it', [0.5, 0.35, 0.1, 0.4]],
    ['what it carries', [0.42, 0.65, 0.05, 0.1]],
  ])('is nothing for %s', (_, other) => {
    expect(hiddenPart(person, [other])).toBe(0)
  })

  test('lies between 0 and 1', () => {
    const side = fc.double({ min: 0.01, max: 1, noNaN: true })
    const box = fc.tuple(side, side, side, side)
    fc.assert(
      fc.property(box, fc.array(box), (own, others) => {
        const part = hiddenPart(own, others)
        expect(part).toBeGreaterThanOrEqual(0)
        expect(part).toBeLessThanOrEqual(1 + 1e-9)
      }),
    )
  })
})

describe('sharedColours', () => {
  const all = {
    weights: new Map([
      ['red', 6],
      ['black', 3],
    ]),
    total: 10,
  }

  test('is greater the more it looks as it mostly does', () => {
    const usual = [
      { name: 'red', share: 0.6 },
      { name: 'black', share: 0.3 },
    ]
    expect(sharedColours(usual, all)).toBeCloseTo(0.9, 9)
    expect(sharedColours([{ name: 'green', share: 0.5 }, ...usual.slice(1)], all)).toBeCloseTo(0.3, 9)
    expect(sharedColours([{ name: 'green', share: 1 }], all)).toBeLessThan(sharedColours([], all))
  })

  test('says nothing where no look has colours', () => {
    expect(sharedColours([], { weights: new Map(), total: 0 })).toBe(1)
  })
})

describe('finenessOf', () => {
  test.each([2, 3, 5])('falls with movement by %i pixels, whatever the contrast', (moved) => {
    for (const contrast of [40, 200])
      expect(finenessOf(stripes(8, moved, contrast), ALL)).toBeLessThan(
        0.8 * finenessOf(stripes(8, 1, contrast), ALL),
      )
  })

  test('is about the same for more of the same pattern', () => {
    const [few, many] = [finenessOf(stripes(16, 1), ALL), finenessOf(stripes(8, 1), ALL)]
    expect(many / few).toBeGreaterThan(0.9)
    expect(many / few).toBeLessThan(1.1)
  })

  test('says the same of a picture twice as large', () => {
    const large = { width: 2 * SIZE.width, height: 2 * SIZE.height }
    const coarse = pictureOf((column) => (Math.floor(column / 16) % 2) * 200, large)
    expect(finenessOf(coarse, ALL)).toBeCloseTo(finenessOf(stripes(8, 1), ALL), 6)
  })

  test('is known of blank and tiny pictures too', () => {
    expect(
      finenessOf(
        pictureOf(() => 90),
        ALL,
      ),
    ).toBe(1)
    expect(
      finenessOf(
        pictureOf(() => 90, { width: 1, height: 1 }),
        ALL,
      ),
    ).toBe(1)
  })
})

describe('isClearer', () => {
  const all = { weights: new Map([['red', 8]]), total: 10 }
  const kept: Look = { plain: 100, colours: [{ name: 'red', share: 0.8 }], fineness: () => 1 }

  test('asks for a clear difference', () => {
    expect(isClearer(kept, kept, all)).toBe(false)
    expect(isClearer({ ...kept, plain: 110 }, kept, all)).toBe(false)
    expect(isClearer({ ...kept, plain: 120 }, kept, all)).toBe(true)
  })

  test('takes no larger picture that looks like something else or is blurred', () => {
    const larger = { ...kept, plain: 130 }
    expect(isClearer({ ...larger, colours: [{ name: 'green', share: 0.8 }] }, kept, all)).toBe(false)
    expect(isClearer({ ...larger, fineness: () => 0.6 }, kept, all)).toBe(false)
  })

  test('lets a sharp picture take the place of a blurred one', () => {
    expect(isClearer(kept, { ...kept, fineness: () => 0.6 }, all)).toBe(true)
  })

  test('does not look at the pixels of what is too small anyway', () => {
    const fineness = (): number => {
      throw new Error('looked at')
    }
    expect(isClearer({ ...kept, plain: 50, fineness }, kept, all)).toBe(false)
  })
})
