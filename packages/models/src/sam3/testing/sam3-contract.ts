// What every SAM3 of this package keeps, on the tiny pack: run by onnxruntime and by engines.
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeMask } from '@sam3-fleet/shared/domain/rle-mask'
import type { RgbImage } from '../../image/rgb-image.ts'
import { loadPack, type LoadedPack } from '../../pack/load-pack.ts'
import type { Sam3Part } from '../../pack/pack-manifest.ts'
import type { FoundObject, Sam3, SeenPicture } from '../sam3.ts'

export const TINY_PACK_DIR = fileURLToPath(new URL('../fixtures/tiny', import.meta.url))

/** Rows of one call may be added up in another order than those of another. */
const ROUNDING = 1e-4
/** Low enough that the tiny pack's random weights find something by every prompt. */
const FINDS_SOMETHING = 0.05

/** A plain ground with a few patches: enough for random weights to tell places apart. */
export function patchwork(width: number, height: number, seed = 1): RgbImage {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const patch =
        ((Math.floor((x * 5) / width) * 7 + Math.floor((y * 4) / height) * 13 + seed * 5) % 9) * 28
      const at = (y * width + x) * 3
      data[at] = patch
      data[at + 1] = (patch * 3 + x) & 255
      data[at + 2] = (255 - patch + y) & 255
    }
  }
  return { data, width, height }
}

export function describeSam3(name: string, open: (pack: LoadedPack) => Promise<Sam3>): void {
  describe(`${name} as SAM3`, () => {
    let sam3: Sam3
    let part: Sam3Part
    let seen: SeenPicture
    const picture = patchwork(200, 150)
    const anything = { minConfidence: FINDS_SOMETHING, maskMinConfidence: 1 }

    beforeAll(async () => {
      const pack = await loadPack(TINY_PACK_DIR)
      part = pack.manifest.segmenter as Sam3Part
      sam3 = await open(pack)
      seen = await sam3.encode(picture)
    })
    afterAll(async () => {
      await seen[Symbol.asyncDispose]()
      await sam3[Symbol.asyncDispose]()
    })

    it('answers each of several prompts as it answers that prompt alone', async () => {
      const prompts = [{ text: 'a person' }, { text: 'green traffic lights' }, { text: 'dog' }]
      const together = await seen.find(prompts, anything)
      for (const [n, prompt] of prompts.entries()) {
        const [alone] = await seen.find([prompt], anything)
        expect(together[n]?.length).toBeGreaterThan(0)
        expectAlike(together[n], alone)
      }
    })

    it('takes more prompts than one call of the graph does, and keeps their order', async () => {
      const prompts = Array.from({ length: part.limits.prompts + 3 }, (_, n) => ({ text: `thing ${n % 4}` }))
      const found = await seen.find(prompts, anything)
      expect(found.length).toBe(prompts.length)
      for (const [n, objects] of found.entries()) expectAlike(objects, found[n % 4])
    })

    it('gives boxes inside the picture, surest first, all above the confidence, fewer the higher it is', async () => {
      const confidence = fc.double({ min: FINDS_SOMETHING, max: 0.9, noNaN: true })
      await fc.assert(
        fc.asyncProperty(confidence, confidence, async (a, b) => {
          const [lower, higher] = [Math.min(a, b), Math.max(a, b)]
          const ask = async (minConfidence: number): Promise<FoundObject[]> =>
            (await seen.find([{ text: 'car' }], { minConfidence, maskMinConfidence: 1 }))[0] ?? []
          const [many, few] = [await ask(lower), await ask(higher)]
          for (const {
            bbox: [x, y, w, h],
            confidence: sure,
          } of many) {
            expect(sure).toBeGreaterThan(lower)
            expect(sure).toBeLessThanOrEqual(1)
            for (const side of [x, y, w, h]) expect(side).toBeGreaterThanOrEqual(0)
            expect(x + w).toBeLessThanOrEqual(1 + ROUNDING)
            expect(y + h).toBeLessThanOrEqual(1 + ROUNDING)
          }
          expect(many.map((one) => one.confidence)).toEqual(
            many.map((one) => one.confidence).toSorted((one, other) => other - one),
          )
          expect(few).toEqual(many.slice(0, few.length))
        }),
        { numRuns: 8 },
      )
    })

    it('gives masks of the size of the picture, and none to objects that nobody wants masks of', async () => {
      const [objects = []] = await seen.find([{ text: 'car' }], { minConfidence: FINDS_SOMETHING })
      expect(objects.length).toBeGreaterThan(0)
      for (const { mask } of objects) {
        if (!mask) throw new Error('it has a mask')
        expect(mask.size).toEqual([picture.height, picture.width])
        expect(decodeMask(mask).length).toBe(picture.width * picture.height)
      }
      const [bare = []] = await seen.find([{ text: 'car' }], anything)
      expect(bare.map(({ mask }) => mask)).toEqual(bare.map(() => null))
    })

    it('answers examples without words, and other than the words alone', async () => {
      const examples = [{ box: [0.2, 0.2, 0.3, 0.4] as [number, number, number, number], isPositive: true }]
      const [[shown], [said], [both]] = [
        await seen.find([{ text: null, examples }], anything),
        await seen.find([{ text: 'dog' }], anything),
        await seen.find([{ text: 'dog', examples }], anything),
      ]
      expect(shown?.length).toBeGreaterThan(0)
      expect(both).not.toEqual(said)
    })

    it('refuses a prompt that says nothing, and one with more examples than the graph takes', async () => {
      await expect(seen.find([{ text: '  ' }])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      const example = { box: [0, 0, 1, 1] as [number, number, number, number], isPositive: true }
      const examples = Array.from({ length: part.limits.boxSlots + 1 }, () => example)
      await expect(seen.find([{ text: 'dog', examples }])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      expect(await seen.find([], anything)).toEqual([])
    })

    it('answers points and boxes with one mask each, in order, alone as together', async () => {
      const hints = [
        { box: [0.1, 0.1, 0.4, 0.5] as [number, number, number, number], points: [] },
        { box: null, points: [{ x: 0.7, y: 0.6, isInside: true }] },
        {
          box: null,
          points: [
            { x: 0.2, y: 0.6, isInside: true },
            { x: 0.9, y: 0.9, isInside: false },
          ],
        },
      ]
      const together = await seen.segment(hints)
      expect(together.length).toBe(hints.length)
      for (const [n, hint] of hints.entries()) {
        const [alone] = await seen.segment([hint])
        expect(together[n]?.confidence).toBeCloseTo(alone?.confidence ?? -1, 4)
        expect(together[n]?.mask.size).toEqual([picture.height, picture.width])
        expect(together[n]?.confidence).toBeGreaterThanOrEqual(0)
        expect(together[n]?.confidence).toBeLessThanOrEqual(1)
      }
    })

    it('refuses a hint that shows nothing, and one with more points than the graph takes', async () => {
      await expect(seen.segment([{ box: null, points: [] }])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      const points = Array.from({ length: part.limits.pointSlots + 1 }, () => ({
        x: 0.5,
        y: 0.5,
        isInside: true,
      }))
      await expect(seen.segment([{ box: null, points }])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    })

    it('sees pictures of any size, and leaves them to the caller', async () => {
      const side = fc.integer({ min: 1, max: 90 })
      await fc.assert(
        fc.asyncProperty(side, side, async (width, height) => {
          const image = patchwork(width, height)
          const before = image.data.slice()
          await using other = await sam3.encode(image)
          expect(image.data).toEqual(before)
          const [objects = []] = await other.find([{ text: 'car' }], { minConfidence: FINDS_SOMETHING })
          for (const { mask } of objects) expect(mask?.size).toEqual([height, width])
        }),
        { numRuns: 6 },
      )
    })

    it('refuses a picture with missing bytes, and goes on', async () => {
      const short = { data: new Uint8Array(10), width: 2, height: 2 }
      await expect(sam3.encode(short)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      await using other = await sam3.encode(patchwork(20, 20))
      expect(await other.find([{ text: 'car' }], anything)).toHaveLength(1)
    })

    it('keeps pictures apart that are held at once', async () => {
      await using other = await sam3.encode(patchwork(200, 150, 2))
      const [first] = await seen.find([{ text: 'car' }], anything)
      const [second] = await other.find([{ text: 'car' }], anything)
      expect(second).not.toEqual(first)
      expectAlike((await seen.find([{ text: 'car' }], anything))[0], first)
    })

    it('answers what was asked before a picture was disposed of, in all parts of the question', async () => {
      const prompts = Array.from({ length: 2 * part.limits.prompts + 1 }, (_, n) => ({
        text: `thing ${n % 4}`,
      }))
      const expected = await seen.find(prompts, anything)
      const going = await sam3.encode(picture)
      const finding = going.find(prompts, anything)
      const gone = going[Symbol.asyncDispose]()
      const found = await finding
      await gone
      expect(found.length).toBe(prompts.length)
      for (const [n, objects] of found.entries()) expectAlike(objects, expected[n])
    })

    it('answers nothing about a picture that was disposed of, and disposes of it once', async () => {
      const gone = await sam3.encode(patchwork(20, 20))
      await gone[Symbol.asyncDispose]()
      await gone[Symbol.asyncDispose]()
      await expect(gone.find([{ text: 'car' }])).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      await expect(gone.segment([{ box: [0, 0, 1, 1], points: [] }])).rejects.toMatchObject({
        code: 'UNAVAILABLE',
      })
    })

    it('does not begin what was cancelled before', async () => {
      const signal = AbortSignal.abort()
      await expect(sam3.encode(picture, signal)).rejects.toMatchObject({ code: 'CANCELLED' })
      await expect(seen.find([{ text: 'car' }], { signal })).rejects.toMatchObject({ code: 'CANCELLED' })
    })
  })
}

function expectAlike(a: readonly FoundObject[] | undefined, b: readonly FoundObject[] | undefined): void {
  expect(a?.length).toBe(b?.length)
  for (const [n, one] of (a ?? []).entries()) {
    const other = b?.[n]
    expect(Math.abs(one.confidence - (other?.confidence ?? -1))).toBeLessThan(ROUNDING)
    for (const [side, value] of one.bbox.entries())
      expect(Math.abs(value - (other?.bbox[side] ?? -1))).toBeLessThan(ROUNDING)
  }
}
