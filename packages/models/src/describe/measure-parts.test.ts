// Painted figures: each part's colour is where it was painted, and nothing is said of what is not shown.
import { describe, expect, it } from 'vitest'
import type { RgbImage } from '../image/rgb-image.ts'
import { measureParts } from './measure-parts.ts'

const GREY = [128, 128, 128] as const
const WHITE = [245, 245, 245] as const
const RED = [200, 20, 30] as const
const BLUE = [30, 60, 190] as const

/** Bands from top to bottom, each as a part of the height, in the middle half of the picture. */
function figure(
  width: number,
  height: number,
  bands: readonly (readonly [number, readonly number[]])[],
): RgbImage {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    let end = 0
    const colour = bands.find(([part]) => y < (end += part * height))?.[1] ?? GREY
    for (let x = 0; x < width; x++)
      data.set(x >= width / 4 && x < (width * 3) / 4 ? colour : GREY, (y * width + x) * 3)
  }
  return { data, width, height }
}

describe('measureParts', () => {
  it('tells hat, coat and trousers of somebody who stands apart', () => {
    const image = figure(120, 160, [
      [0.16, WHITE],
      [0.35, RED],
      [0.49, BLUE],
    ])
    const parts = measureParts(image, [0.25, 0, 0.5, 1])
    expect(parts.map(({ part, colours }) => [part, colours[0]?.name])).toEqual([
      ['head', 'white'],
      ['upper', 'red'],
      ['lower', 'blue'],
    ])
  })

  it('says nothing of head and legs where somebody is not shown whole', () => {
    const image = figure(160, 120, [[1, RED]])
    expect(measureParts(image, [0.25, 0, 0.5, 1]).map(({ part }) => part)).toEqual(['upper'])
  })

  it('says nothing of what is too small', () => {
    expect(measureParts(figure(24, 40, [[1, RED]]), [0.25, 0, 0.5, 0.6])).toEqual([])
  })
})
