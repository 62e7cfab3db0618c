import { describe, expect, test } from 'vitest'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { recallAtPrecision, type JudgedFrame } from './detection-measure.ts'

const A: Bbox = [0.1, 0.1, 0.1, 0.2]
const B: Bbox = [0.6, 0.5, 0.1, 0.2]
const NOWHERE: Bbox = [0.8, 0.05, 0.1, 0.1]

function frame(found: [Bbox, number][], truth: Bbox[] = [A, B], ignored: Bbox[] = []): JudgedFrame {
  return {
    found: found.map(([bbox, confidence]) => ({ bbox, confidence })),
    truth: [
      ...truth.map((bbox) => ({ bbox, isIgnored: false })),
      ...ignored.map((bbox) => ({ bbox, isIgnored: true })),
    ],
  }
}

describe('recall at a precision', () => {
  test('is the part of the labels found at the lowest threshold that keeps the precision', () => {
    const frames = [
      frame([
        [A, 0.9],
        [NOWHERE, 0.5],
        [B, 0.4],
      ]),
    ]
    expect(recallAtPrecision(frames, 0.95)).toMatchObject({ recall: 0.5, precision: 1, threshold: 0.9 })
    expect(recallAtPrecision(frames, 0.6)).toMatchObject({ recall: 1, threshold: 0.4 })
  })

  test('counts a second box on the same label as a false one', () => {
    const twice = frame([
      [A, 0.9],
      [A, 0.8],
      [B, 0.7],
    ])
    expect(recallAtPrecision([twice], 0.95).recall).toBe(0.5)
  })

  test('neither asks for what is unclear nor holds it against anybody', () => {
    const measure = recallAtPrecision(
      [
        frame(
          [
            [A, 0.9],
            [B, 0.8],
          ],
          [A],
          [B],
        ),
      ],
      0.95,
    )
    expect(measure).toMatchObject({ recall: 1, precision: 1, asked: 1 })
  })

  test('a box that overlaps too little is false', () => {
    const beside: Bbox = [0.16, 0.1, 0.1, 0.2]
    expect(recallAtPrecision([frame([[beside, 0.9]], [A])], 0.95).recall).toBe(0)
  })

  test('boxes of equal confidence stand or fall together', () => {
    const measure = recallAtPrecision(
      [
        frame(
          [
            [A, 0.5],
            [NOWHERE, 0.5],
          ],
          [A],
        ),
      ],
      0.95,
    )
    expect(measure.recall).toBe(0)
  })
})
