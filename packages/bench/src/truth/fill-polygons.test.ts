import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fillPolygons } from './fill-polygons.ts'

const SIZE = { width: 24, height: 18 }
const area = (polygons: number[][]): number => fillPolygons(polygons, SIZE).reduce((sum, one) => sum + one, 0)
const rectangle = (x: number, y: number, w: number, h: number): number[] => [
  x,
  y,
  x + w,
  y,
  x + w,
  y + h,
  x,
  y + h,
]
const span = (length: number) =>
  fc
    .tuple(fc.nat(length), fc.nat(length))
    .map(([a, b]): [number, number] => [Math.min(a, b), Math.abs(a - b)])

describe('pixels inside of outlines', () => {
  test('of a rectangle are the rectangle', () => {
    fc.assert(
      fc.property(span(SIZE.width), span(SIZE.height), ([x, w], [y, h]) => {
        const pixels = fillPolygons([rectangle(x, y, w, h)], SIZE)
        for (const [at, value] of pixels.entries()) {
          const [px, py] = [at % SIZE.width, Math.floor(at / SIZE.width)]
          expect(value === 1).toBe(px >= x && px < x + w && py >= y && py < y + h)
        }
      }),
    )
  })

  test('do not depend on where an outline begins or which way it goes round', () => {
    const corner = fc.tuple(fc.integer({ min: -4, max: 28 }), fc.integer({ min: -4, max: 22 }))
    fc.assert(
      fc.property(fc.array(corner, { minLength: 3, maxLength: 9 }), fc.nat(8), (corners, turn) => {
        const at = turn % corners.length
        const turned = [...corners.slice(at), ...corners.slice(0, at)].toReversed()
        expect(fillPolygons([turned.flat()], SIZE)).toEqual(fillPolygons([corners.flat()], SIZE))
      }),
    )
  })

  test('leave out a hole, and what lies beyond the picture', () => {
    expect(area([rectangle(2, 2, 10, 10), rectangle(4, 4, 3, 3)])).toBe(91)
    expect(area([rectangle(-5, -5, 10, 10)])).toBe(25)
  })

  test('of a triangle are half of its rectangle', () => {
    expect(area([[0, 0, 16, 0, 0, 16]])).toBe(120)
  })
})
