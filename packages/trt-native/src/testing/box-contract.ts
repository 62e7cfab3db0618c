// What every FrameKernels keeps in decoding boxes, against a second writing of it in plain TypeScript.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { BoxHead, BoxOptions, DecodedBox, FrameKernels } from '../frame-kernels.ts'
import { noiseFloats } from '../../gpu/noise.ts'

type Rows = Extract<BoxHead, { kind: 'corners' | 'centres' }>
interface Given {
  scores: Float32Array<ArrayBuffer>
  boxes: Float32Array<ArrayBuffer>
  kind: Rows['kind']
  unit: Rows['unit']
  options: BoxOptions
}

const given: fc.Arbitrary<Given> = fc
  .record({
    rows: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 900 })),
    classes: fc.integer({ min: 1, max: 5 }),
    seed: fc.integer(),
    kind: fc.constantFrom('corners' as const, 'centres' as const),
    scores: fc.constantFrom('logits' as const, 'probabilities' as const),
    minConfidence: fc.constantFrom(0, 0.3, 0.8, 1),
    maxOverlap: fc.constantFrom(0, 0.2, 0.6, 1),
    acrossClasses: fc.boolean(),
    candidatesMax: fc.constantFrom(1, 63, 64, 65, 1000, 1024),
    keptMax: fc.constantFrom(1, 10, 1024),
    padX: fc.constantFrom(0, 31),
    odd: fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 0.5),
  })
  .map(({ rows, classes, seed, kind, padX, odd, ...options }) => {
    const scores = noiseFloats(rows * classes, seed, 3)
    const boxes = noiseFloats(rows * 4, seed + 1, 0.5).map((value) => value + 0.5)
    scores[rows % scores.length] = odd
    boxes[(rows * 3) % boxes.length] = odd
    const letterbox = { scaleX: 0.4, scaleY: 0.6, padX, padY: 7 }
    return {
      scores,
      boxes,
      kind,
      unit: { x: 640, y: 480 },
      options: { classes, letterbox, picture: { width: 1500, height: 700 }, ...options },
    }
  })

/** @param numRuns of random cases: a simulated GPU is slow */
export function keepsTheBoxContract(kernels: FrameKernels, numRuns = 150): void {
  const decode = async ({ scores, boxes, options, ...rest }: Given): Promise<readonly DecodedBox[]> => {
    const tensor = (data: Float32Array) =>
      ({ type: 'float32', dims: [data.length], data: data.slice() }) as const
    const head = { ...rest, scores: tensor(scores), boxes: tensor(boxes) }
    return (await kernels.boxes(head, options)).boxes
  }

  it('decodes, sorts and thins out boxes as the oracle does', async () => {
    await fc.assert(
      fc.asyncProperty(given, async (each) => {
        const expected = boxesByOracle(each)
        const found = await decode(each)
        expect(found.map(({ labelIndex, cell }) => [labelIndex, cell])).toEqual(
          expected.map(({ labelIndex, cell }) => [labelIndex, cell]),
        )
        found.forEach((box, at) => {
          const other = expected[at]
          expect(box.bbox).toEqual(other?.bbox)
          expect(box.confidence).toBeCloseTo(other?.confidence ?? Number.NaN, 14)
        })
      }),
      { numRuns },
    )
  })

  it('finds nothing where nothing is sure enough', async () => {
    const each = {
      scores: new Float32Array(100).fill(0.4),
      boxes: new Float32Array(400).map((_, at) => (at % 4 < 2 ? 0.2 : 0.7)),
      kind: 'corners',
      unit: { x: 10, y: 10 },
      options: {
        classes: 1,
        minConfidence: 0.5,
        maxOverlap: 0.5,
        letterbox: { scaleX: 1, scaleY: 1, padX: 0, padY: 0 },
        picture: { width: 10, height: 10 },
      },
    } as const
    expect(await decode(each)).toEqual([])
    const [only, ...rest] = await decode({ ...each, scores: each.scores.map(() => 0.5) })
    expect(only).toMatchObject({ labelIndex: 0, confidence: 0.5, cell: 0 })
    expect(rest).toEqual([])
  })

  it('refuses outputs that are shorter than they say, and too many levels', async () => {
    const options: BoxOptions = {
      classes: 3,
      minConfidence: 0.5,
      maxOverlap: 0.5,
      letterbox: { scaleX: 1, scaleY: 1, padX: 0, padY: 0 },
      picture: { width: 10, height: 10 },
    }
    const tensor = (length: number) =>
      ({ type: 'float32', dims: [length], data: new Float32Array(length) }) as const
    const level = (boxes: number) => ({ stride: 8, columns: 2, scores: tensor(12), boxes: tensor(boxes) })
    const unit = { x: 1, y: 1 }
    const refused: [BoxHead, BoxOptions][] = [
      [{ kind: 'corners', unit, scores: tensor(12), boxes: tensor(15) }, options],
      [{ kind: 'corners', unit, scores: tensor(13), boxes: tensor(16) }, options],
      [{ kind: 'sides', bins: 8, levels: [level(127)] }, options],
      [{ kind: 'sides', bins: 8, levels: Array.from({ length: 9 }, () => level(128)) }, options],
      [{ kind: 'sides', bins: 8, levels: [] }, options],
      [
        { kind: 'sides', bins: 8, levels: [level(128)] },
        { ...options, candidatesMax: 1025 },
      ],
      [
        { kind: 'sides', bins: 8, levels: [level(128)] },
        { ...options, minConfidence: Number.NaN },
      ],
      [
        { kind: 'sides', bins: 8, levels: [level(128)] },
        { ...options, letterbox: { ...options.letterbox, scaleX: 0 } },
      ],
    ]
    for (const [head, asked] of refused) {
      await expect(kernels.boxes(head, asked)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }
  })
}

function boxesByOracle({ scores, boxes, kind, unit, options }: Given): DecodedBox[] {
  const { classes, letterbox, picture, candidatesMax = 1024, keptMax = 1024 } = options
  const all: (DecodedBox & { score: number })[] = []
  scores.forEach((score, at) => {
    const cell = Math.floor(at / classes)
    const confidence = options.scores === 'logits' ? 1 / (1 + Math.exp(-score)) : score
    const [a = 0, b = 0, c = 0, d = 0] = boxes.subarray(cell * 4, cell * 4 + 4)
    const corners = kind === 'corners' ? [a, b, c, d] : [a - c * 0.5, b - d * 0.5, a + c * 0.5, b + d * 0.5]
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = corners.map((value, n) => {
      const [size, pad, scale, whole] =
        n % 2 === 0
          ? [unit.x, letterbox.padX, letterbox.scaleX, picture.width]
          : [unit.y, letterbox.padY, letterbox.scaleY, picture.height]
      return (value * size - pad) / scale / whole
    })
    const bbox = cut([x1, y1, x2 - x1, y2 - y1])
    if (!(confidence >= options.minConfidence && bbox[2] > 0 && bbox[3] > 0)) return
    all.push({ labelIndex: at % classes, confidence, bbox, cell, score })
  })
  all.sort((one, other) => (one.score === other.score ? 0 : other.score - one.score))
  const kept: DecodedBox[] = []
  for (const { score: _, ...box } of all.slice(0, candidatesMax)) {
    const isHidden = kept.some(
      (other) =>
        (options.acrossClasses || other.labelIndex === box.labelIndex) &&
        overlap(other.bbox, box.bbox) > options.maxOverlap,
    )
    if (!isHidden) kept.push(box)
  }
  return kept.slice(0, keptMax)
}

type Box = DecodedBox['bbox']

function cut([x, y, width, height]: Box): [number, number, number, number] {
  const left = Math.min(1, Math.max(0, x))
  const top = Math.min(1, Math.max(0, y))
  const right = Math.min(1, Math.max(left, x + width))
  const bottom = Math.min(1, Math.max(top, y + height))
  return [left, top, right - left, bottom - top]
}

function overlap(a: Box, b: Box): number {
  const width = Math.max(0, Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]))
  const height = Math.max(0, Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]))
  const together = a[2] * a[3] + b[2] * b[3] - width * height
  return together > 0 ? (width * height) / together : 0
}
