import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { iou } from '@sam3-fleet/shared/domain/geometry'
import { letterboxFor } from '../image/rgb-image.ts'
import { DEFAULT_PACK_DIR, readManifest } from '../pack/load-pack.ts'
import type { NanodetPart } from '../pack/pack-manifest.ts'
import type { TensorMap } from '../session/inference-session.ts'
import { nanodetBoxes, type PostprocessOptions } from './nanodet-postprocess.ts'

const PERSON = 0
const CAR = 2

let part: NanodetPart
beforeAll(async () => {
  const { detector } = await readManifest(DEFAULT_PACK_DIR)
  if (!detector) throw new Error('the default pack has a detector')
  part = detector
})

interface Hit {
  stride: number
  column: number
  row: number
  label: number
  score: number
  /** Whole bins from the centre to left, top, right and bottom. */
  sides: [number, number, number, number]
}

/** Outputs of a model that is sure of exactly these hits. */
function outputsWith(hits: readonly Hit[]): TensorMap {
  const outputs: TensorMap = {}
  for (const stride of part.strides) {
    const columns = part.input.width / stride
    const cells = columns * columns
    const scores = new Float32Array(cells * part.labels.length)
    const distances = new Float32Array(cells * 4 * part.distanceBins)
    for (const hit of hits.filter((one) => one.stride === stride)) {
      const cell = hit.row * columns + hit.column
      scores[cell * part.labels.length + hit.label] = hit.score
      // A logit this much above the others leaves them no weight.
      hit.sides.forEach((bin, side) => {
        distances[(cell * 4 + side) * part.distanceBins + bin] = 80
      })
    }
    outputs[`scores_${stride}`] = { type: 'float32', dims: [1, cells, part.labels.length], data: scores }
    outputs[`distances_${stride}`] = { type: 'float32', dims: [1, cells, 44], data: distances }
  }
  return outputs
}

function optionsFor(width: number, height: number, minConfidence = 0.1): PostprocessOptions {
  return {
    part,
    // As the original takes it, so that cells are counted in one way here.
    letterbox: letterboxFor(width, height, { ...part.input, multipleOf: part.input.width }),
    inputWidth: part.input.width,
    picture: { width, height },
    minConfidence,
  }
}

const hitAt = (over: Partial<Hit> = {}): Hit => ({
  stride: 16,
  column: 10,
  row: 12,
  label: PERSON,
  score: 0.5,
  sides: [2, 3, 2, 3],
  ...over,
})

describe('boxes out of NanoDet', () => {
  it('places a box around the centre of its cell, in 0..1 of the picture', () => {
    // Centre (10.5, 12.5) * 16 = (168, 200); two bins of 16 to the sides, three up and down.
    const [box, ...rest] = nanodetBoxes(outputsWith([hitAt()]), optionsFor(416, 416))
    expect(rest).toEqual([])
    expect(box).toMatchObject({ labelIndex: PERSON, confidence: 0.5 })
    expect(box?.bbox).toEqual(
      [136 / 416, 152 / 416, 64 / 416, 96 / 416].map((value) => expect.closeTo(value, 6)),
    )
  })

  it('takes the padding and the scale of the letterbox back', () => {
    // 768 x 576 is scaled by 416 / 768 to 416 x 312 and placed 52 below the top.
    const [box] = nanodetBoxes(outputsWith([hitAt()]), optionsFor(768, 576))
    expect(box?.bbox).toEqual(
      [136 / 416, (152 - 52) / 312, 64 / 416, 96 / 312].map((value) => expect.closeTo(value, 6)),
    )
  })

  it('counts cells by the width of an input that is narrower than the largest', () => {
    // 312 x 416 in an input of 320 x 416: 20 columns of 16, four pixels of padding on the left.
    const hit = hitAt()
    const outputs = outputsWith([])
    const cell = hit.row * 20 + hit.column
    const scores = outputs['scores_16']?.data as Float32Array
    scores[cell * part.labels.length + PERSON] = 0.5
    const distances = outputs['distances_16']?.data as Float32Array
    hit.sides.forEach((bin, side) => {
      distances[(cell * 4 + side) * part.distanceBins + bin] = 80
    })
    const letterbox = letterboxFor(312, 416, part.input)
    expect(letterbox).toMatchObject({ inputWidth: 320, inputHeight: 416, padX: 4, padY: 0 })
    const [box] = nanodetBoxes(outputs, {
      part,
      letterbox,
      inputWidth: 320,
      picture: { width: 312, height: 416 },
      minConfidence: 0.1,
    })
    expect(box?.bbox).toEqual([132 / 312, 152 / 416, 64 / 312, 96 / 416].map((n) => expect.closeTo(n, 6)))
  })

  it('cuts boxes to the picture and drops those in the padding', () => {
    const reaching = hitAt({ row: 4, sides: [2, 9, 2, 3] })
    const outside = hitAt({ row: 0, sides: [1, 0, 1, 1] })
    const boxes = nanodetBoxes(outputsWith([reaching, outside]), optionsFor(768, 576))
    expect(boxes).toHaveLength(1)
    expect(boxes[0]?.bbox[1]).toBe(0)
  })

  it('means over the bins where a side is unsure', () => {
    const outputs = outputsWith([hitAt({ sides: [2, 3, 2, 3] })])
    const distances = outputs['distances_16']?.data as Float32Array
    const cell = 12 * 26 + 10
    // Left: bins 2 and 4 alike, so three bins of 16 pixels.
    distances[cell * 44 + 4] = 80
    const [box] = nanodetBoxes(outputs, optionsFor(416, 416))
    expect(box?.bbox[0]).toBeCloseTo((168 - 48) / 416, 6)
  })

  it('keeps the surest of overlapping boxes of one class, over strides, and both of two classes', () => {
    const sure = hitAt({ score: 0.8 })
    // Centre (164, 204) by strides of 8: nearly the same box.
    const twin = hitAt({ stride: 8, column: 20, row: 25, sides: [4, 6, 4, 6], score: 0.6 })
    const boxes = nanodetBoxes(
      outputsWith([twin, sure, { ...twin, column: 21, label: CAR, score: 0.3 }]),
      optionsFor(416, 416),
    )
    expect(boxes.map(({ labelIndex, confidence }) => [labelIndex, Math.round(confidence * 10)])).toEqual([
      [PERSON, 8],
      [CAR, 3],
    ])
  })

  it('leaves out what is weaker than asked', () => {
    const hits = [hitAt({ score: 0.3 }), hitAt({ column: 20, score: 0.45 })]
    expect(nanodetBoxes(outputsWith(hits), optionsFor(416, 416, 0.4))).toHaveLength(1)
  })

  it('whatever the model says: boxes lie in the picture, sorted, and no two of a class overlap too much', () => {
    const hits = fc.array(
      fc.record({
        stride: fc.constantFrom(8, 16, 32),
        column: fc.nat(12),
        row: fc.nat(12),
        label: fc.constantFrom(PERSON, CAR),
        score: fc.double({ min: 0.1, max: 1, noNaN: true }),
        sides: fc.tuple(fc.nat(10), fc.nat(10), fc.nat(10), fc.nat(10)),
      }),
      { maxLength: 30 },
    )
    const size = fc.tuple(fc.integer({ min: 64, max: 1920 }), fc.integer({ min: 64, max: 1080 }))
    fc.assert(
      fc.property(hits, size, (some, [width, height]) => {
        const boxes = nanodetBoxes(outputsWith(some), optionsFor(width, height))
        for (const [at, { bbox, confidence, labelIndex }] of boxes.entries()) {
          const [x, y, w, h] = bbox
          expect(Math.min(x, y, 1.000001 - x - w, 1.000001 - y - h)).toBeGreaterThanOrEqual(0)
          expect(confidence).toBeLessThanOrEqual(boxes[at - 1]?.confidence ?? 1)
          for (const other of boxes.slice(at + 1)) {
            if (other.labelIndex === labelIndex)
              expect(iou(other.bbox, bbox)).toBeLessThanOrEqual(part.thresholds.nms)
          }
        }
      }),
      { numRuns: 50 },
    )
  })
})
