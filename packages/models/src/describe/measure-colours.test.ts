import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RgbImage } from '../image/rgb-image.ts'
import { measureColours } from './measure-colours.ts'
import { COLOUR_NAMES } from './name-colour.ts'

type Rgb = readonly [number, number, number]
const GREY_ROAD: Rgb = [120, 122, 121]
const GRASS: Rgb = [70, 130, 50]

function pictureOf(width: number, height: number, colourAt: (x: number, y: number) => Rgb): RgbImage {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set(colourAt(x, y), (y * width + x) * 3)
  return { data, width, height }
}

/** An ellipse that fills a 60x120 box in the middle of a 200x200 picture: 79 % of its box, like a person. */
const BOX: Bbox = [0.35, 0.2, 0.3, 0.6]
function ellipseOn(background: Rgb, object: (x: number, y: number) => Rgb): RgbImage {
  return pictureOf(200, 200, (x, y) =>
    ((x - 100) / 30) ** 2 + ((y - 100) / 60) ** 2 <= 1 ? object(x, y) : background,
  )
}

describe('measureColours', () => {
  it.each<[string, Rgb, Rgb]>([
    ['red', [190, 30, 35], GREY_ROAD],
    ['red', [90, 15, 18], GREY_ROAD],
    ['blue', [40, 60, 150], GRASS],
    ['white', [235, 235, 238], GRASS],
    ['black', [22, 22, 25], GREY_ROAD],
    ['yellow', [235, 200, 40], GREY_ROAD],
    ['green', [40, 120, 50], [150, 120, 90]],
    ['pink', [240, 160, 180], GREY_ROAD],
    ['brown', [100, 65, 35], GRASS],
    ['orange', [240, 130, 30], GREY_ROAD],
    ['purple', [110, 50, 140], GREY_ROAD],
    ['grey', [130, 130, 130], GRASS],
  ])('names a %s object %j and keeps its background %j out', (name, object, background) => {
    const colours = measureColours(
      ellipseOn(background, () => object),
      BOX,
    )
    expect(colours.map((c) => c.name)).toEqual([name])
    expect(colours[0]?.share).toBeGreaterThan(0.8)
  })

  it('names both halves of a person in a white shirt and blue trousers', () => {
    const image = ellipseOn(GREY_ROAD, (_, y) => (y < 100 ? [240, 240, 240] : [30, 50, 130]))
    const names = measureColours(image, BOX).map((c) => c.name)
    expect(names.toSorted()).toEqual(['blue', 'white'])
  })

  it('still names an object that has the colour of its background', () => {
    const image = ellipseOn(GREY_ROAD, () => GREY_ROAD)
    expect(measureColours(image, BOX)).toEqual([{ name: 'grey', share: 1 }])
  })

  it('keeps the name of a colour that is half in shadow', () => {
    const image = ellipseOn(GREY_ROAD, (x) => (x < 100 ? [200, 40, 40] : [85, 17, 17]))
    expect(measureColours(image, BOX).map((c) => c.name)).toEqual(['red'])
  })

  it('says nothing about a box too small to tell', () => {
    const image = ellipseOn(GREY_ROAD, () => [200, 0, 0])
    expect(measureColours(image, [0.5, 0.5, 0.03, 0.3])).toEqual([])
    expect(measureColours(image, [0.5, 0.5, 0, 0])).toEqual([])
  })

  it('gives at most three known names, largest first, with shares that add up to at most 1, for any picture and box', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 48 * 3, maxLength: 48 * 3 }),
        fc.tuple(unit, unit, unit, unit),
        (palette, bbox) => {
          const image = pictureOf(40, 30, (x, y) => {
            const at = ((x * 7 + y * 3) % 48) * 3
            return [palette[at] as number, palette[at + 1] as number, palette[at + 2] as number]
          })
          const colours = measureColours(image, bbox)
          expect(colours.length).toBeLessThanOrEqual(3)
          const known: readonly string[] = COLOUR_NAMES
          for (const { name } of colours) expect(known).toContain(name)
          expect(colours.reduce((sum, c) => sum + c.share, 0)).toBeLessThanOrEqual(1 + 1e-9)
          expect(colours).toEqual(colours.toSorted((a, b) => b.share - a.share))
        },
      ),
    )
  })
})
