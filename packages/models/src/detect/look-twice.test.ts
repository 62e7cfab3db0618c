// Two looks at one picture: what becomes of what both, or only one of them, sees.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { iou, type Bbox } from '@sam3-fleet/shared/domain/geometry'
import { DEFAULT_PACK_DIR, loadPack } from '../pack/load-pack.ts'
import type { DetectedObject, Detector } from './detector.ts'
import { fuseLooks, lookTwice } from './look-twice.ts'
import { createOnnxDetector } from './onnx-detector.ts'
import { seenInStreet, streetFrame } from './testing/street-frame.ts'

const object = (label: string, confidence: number, bbox: Bbox): DetectedObject => ({
  label,
  confidence,
  bbox,
  mask: null,
  colours: [],
})

describe('fuseLooks', () => {
  it('halves what one look alone sees, and takes the mean of what both see', () => {
    const first = [object('cup', 0.3, [0.1, 0.1, 0.2, 0.2]), object('bench', 0.6, [0.5, 0.5, 0.4, 0.2])]
    const second = [object('cup', 0.6, [0.1, 0.1, 0.23, 0.2])]
    const [cup, bench] = fuseLooks([first, second])
    expect(cup).toMatchObject({ label: 'cup', confidence: expect.closeTo(0.45) })
    expect(cup?.bbox[2]).toBeCloseTo(0.22)
    expect(bench).toMatchObject({ label: 'bench', confidence: expect.closeTo(0.3) })
  })

  it('takes a second box of one look for the same object, and a box of another name for another', () => {
    const box: Bbox = [0.1, 0.1, 0.2, 0.2]
    expect(fuseLooks([[object('cup', 0.5, box), object('cup', 0.4, box)], []])).toMatchObject([
      { confidence: 0.25 },
    ])
    expect(fuseLooks([[object('cup', 0.5, box)], [object('vase', 0.5, box)]])).toHaveLength(2)
  })

  it('loses nothing, is never surer than the surer look, and puts the surest first', () => {
    const seen = fc.array(
      fc
        .tuple(fc.constantFrom('cup', 'vase'), fc.double({ min: 0.1, max: 1, noNaN: true }), fc.nat(4))
        .map(([label, confidence, at]) => object(label, confidence, [at / 5, 0.1, 0.18, 0.3])),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(seen, seen, (first, second) => {
        const fused = fuseLooks([first, second])
        for (const one of [...first, ...second])
          expect(fused.some(({ label, bbox }) => label === one.label && iou(bbox, one.bbox) > 0.5)).toBe(true)
        const surest = Math.max(0, ...[...first, ...second].map(({ confidence }) => confidence))
        for (const { confidence } of fused) expect(confidence).toBeLessThanOrEqual(surest)
        expect(fused.map(({ confidence }) => confidence)).toEqual(
          fused.map(({ confidence }) => confidence).toSorted((a, b) => b - a),
        )
      }),
    )
  })
})

describe('lookTwice with the default detector', () => {
  let detector: Detector
  beforeAll(async () => {
    detector = await createOnnxDetector(await loadPack(DEFAULT_PACK_DIR), { workers: 1 })
  })
  afterAll(() => detector[Symbol.asyncDispose]())

  it('places everything of a still where it is, and gives the picture back untouched', async () => {
    const frame = await streetFrame(detector.inputSize)
    const before = frame.image.data.slice()
    const { objects, image } = await lookTwice(detector, frame, { minConfidence: 0.4 })
    expect(image.data).toEqual(before)
    for (const seen of seenInStreet())
      expect(
        Math.max(
          ...objects.filter(({ label }) => label === seen.label).map(({ bbox }) => iou(bbox, seen.bbox)),
        ),
        `${seen.label} at ${seen.bbox.join(' ')}`,
      ).toBeGreaterThan(0.5)
  })

  it('looks once where the pack knows no second size', async () => {
    const once = { ...detector, secondLook: undefined }
    const options = { minConfidence: 0.4 }
    const { objects } = await lookTwice(once, await streetFrame(detector.inputSize), options)
    expect(objects).toEqual((await detector.detect(await streetFrame(detector.inputSize), options)).objects)
  })
})
