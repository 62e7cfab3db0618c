import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeMask } from '@sam3-fleet/shared/domain/rle-mask'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import type { RgbImage } from '../image/rgb-image.ts'
import { createClassicalSegmenter } from './classical-segmenter.ts'
import type { Segment, Segmenter } from './segmenter.ts'

const [WIDTH, HEIGHT] = [320, 240]

/** Dull grass with a red ball on it and, away from it, another. */
function balls(): { image: RgbImage; isBall: (x: number, y: number) => boolean } {
  const data = new Uint8Array(WIDTH * HEIGHT * 3)
  const isBall = (x: number, y: number): boolean => Math.hypot(x - 110, y - 120) < 45
  const isOther = (x: number, y: number): boolean => Math.hypot(x - 250, y - 60) < 25
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const grain = ((x * 7 + y * 13) % 23) - 11
      const colour = isBall(x, y) || isOther(x, y) ? [190 + grain, 40, 45] : [70, 110 + grain * 2, 60 + grain]
      data.set(colour, (y * WIDTH + x) * 3)
    }
  return { image: { data, width: WIDTH, height: HEIGHT }, isBall }
}

function overlap({ mask }: Segment, isIn: (x: number, y: number) => boolean): number {
  const pixels = decodeMask(mask)
  let [both, either] = [0, 0]
  for (const [at, value] of pixels.entries()) {
    const truth = isIn(at % WIDTH, Math.floor(at / WIDTH))
    if (value === 1 && truth) both += 1
    if (value === 1 || truth) either += 1
  }
  return both / either
}

let segmenter: Segmenter
beforeAll(() => {
  // It stands still: on a busy machine a mask may take longer than a device lets it.
  segmenter = createClassicalSegmenter({ clock: new FakeClock() })
})
afterAll(() => segmenter[Symbol.asyncDispose]())

describe('masks without weights', () => {
  it('a loose box becomes the outline of what is in it', async () => {
    const { image, isBall } = balls()
    const [found] = await segmenter.segment(image, [{ box: [0.17, 0.27, 0.36, 0.46], points: [] }])
    expect(overlap(found as Segment, isBall)).toBeGreaterThan(0.95)
    expect(found?.bbox[0]).toBeCloseTo(65 / WIDTH, 1)
    expect(found?.confidence).toBeGreaterThan(0.9)
    expect(found?.mask.size).toEqual([HEIGHT, WIDTH])
  })

  it('a point means what it lies on, not what looks alike elsewhere', async () => {
    const { image, isBall } = balls()
    const [found] = await segmenter.segment(image, [
      { box: null, points: [{ x: 110 / WIDTH, y: 120 / HEIGHT, isInside: true }] },
    ])
    expect(overlap(found as Segment, isBall)).toBeGreaterThan(0.9)
  })

  it('a point that is not on the object takes its surroundings out', async () => {
    const { image } = balls()
    const both = { box: [0, 0, 1, 1] as [number, number, number, number] }
    const [found] = await segmenter.segment(image, [
      {
        ...both,
        points: [
          { x: 110 / WIDTH, y: 120 / HEIGHT, isInside: true },
          { x: 250 / WIDTH, y: 60 / HEIGHT, isInside: false },
        ],
      },
    ])
    const pixels = decodeMask((found as Segment).mask)
    expect(pixels[60 * WIDTH + 250]).toBe(0)
    expect(pixels[120 * WIDTH + 110]).toBe(1)
  })

  it('several hints are answered in their order, each by itself', async () => {
    const { image } = balls()
    const found = await segmenter.segment(image, [
      { box: [0.68, 0.12, 0.2, 0.27], points: [] },
      { box: [0.17, 0.27, 0.36, 0.46], points: [] },
    ])
    expect(found.map(({ bbox }) => bbox[0] > 0.5)).toEqual([true, false])
  })

  it('a real photo’s pedestrian is told from the ground', async () => {
    const still = fileURLToPath(new URL('../detect/golden/street.png', import.meta.url))
    const { data, info } = await sharp(still).removeAlpha().raw().toBuffer({ resolveWithObject: true })
    const image = { data: new Uint8Array(data), width: info.width, height: info.height }
    const [found] = await segmenter.segment(image, [
      { box: [372 / 416, 162 / 312, 31 / 416, 60 / 312], points: [] },
    ])
    const pixels = decodeMask((found as Segment).mask)
    const area = pixels.reduce((sum, value) => sum + value, 0)
    // A walking person fills a third to three quarters of the box.
    expect(area / (31 * 60)).toBeGreaterThan(0.3)
    expect(area / (31 * 60)).toBeLessThan(0.8)
  })

  it('whatever the box and the points, the answer is a mask of the picture’s size inside the picture', async () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true })
    const hint = fc.record({
      box: fc
        .tuple(unit, unit, unit, unit)
        .map(([x, y, w, h]): [number, number, number, number] => [x, y, w * (1 - x), h * (1 - y)]),
      points: fc.array(fc.record({ x: unit, y: unit, isInside: fc.boolean() }), { maxLength: 4 }),
    })
    const corner = { box: [1, 1, 0, 0] as [number, number, number, number], points: [] }
    await fc.assert(
      fc.asyncProperty(hint, async (one) => {
        const [found] = await segmenter.segment(balls().image, [one])
        expect(decodeMask((found as Segment).mask)).toHaveLength(WIDTH * HEIGHT)
        const [x, y, w, h] = (found as Segment).bbox
        expect(Math.max(x + w, y + h)).toBeLessThanOrEqual(1.0001)
      }),
      { numRuns: 25, examples: [[corner]] },
    )
  })

  it('a caller who does not want the answer any more gets none, and the next one does', async () => {
    const signal = AbortSignal.abort()
    const hints = [{ box: [0.17, 0.27, 0.36, 0.46] as [number, number, number, number], points: [] }]
    await expect(segmenter.segment(balls().image, hints, signal)).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await segmenter.segment(balls().image, hints)).toHaveLength(1)
  })
})

it('one picture that takes too long is given up, and the next is answered by a new thread', async () => {
  let expire: () => void = () => undefined
  const clock = {
    ...systemClock,
    sleep: () => new Promise<void>((resolve) => (expire = resolve)),
  }
  await using hurried = createClassicalSegmenter({ clock })
  const hints = [{ box: [0.17, 0.27, 0.36, 0.46] as [number, number, number, number], points: [] }]
  const first = hurried.segment(balls().image, hints)
  expire()
  await expect(first).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  expect(await hurried.segment(balls().image, hints)).toHaveLength(1)
})
