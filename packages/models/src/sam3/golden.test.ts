// The whole way from words and pixels to masks beside transformers' own processor, model and post-processing.
import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { clampBbox, type Bbox } from '@sam3-fleet/shared/domain/geometry'
import { decodeMask } from '@sam3-fleet/shared/domain/rle-mask'
import type { RleMask } from '@sam3-fleet/shared/domain/geometry'
import { loadPack } from '../pack/load-pack.ts'
import type { Sam3Part } from '../pack/pack-manifest.ts'
import type { RgbImage } from '../image/rgb-image.ts'
import { createGraphSam3 } from './graph-sam3.ts'
import { createOnnxGraphs } from './onnx-graphs.ts'
import { loadPromptTokenizer } from './prompt-tokens.ts'
import { stretch, visionInput } from './square-picture.ts'
import { TINY_PACK_DIR } from './testing/sam3-contract.ts'

/** Of scores, of boxes in parts of the picture, and of a picture's pixels inside or outside of a mask. */
const TOLERANCE = 1e-3

const numbers = z.array(z.number())
const promptSchema = z.object({
  text: z.string(),
  boxes: z.array(numbers),
  labels: numbers,
  found: z.object({
    scores: numbers,
    boxes: z.array(numbers),
    masks: z.array(z.object({ index: z.number(), runs: numbers })),
  }),
})
const pointPromptSchema = z.object({
  points: z.array(numbers),
  labels: numbers,
  box: numbers.nullish(),
  iouScores: numbers,
  masks: z.array(numbers),
})
const goldensSchema = z.object({
  threshold: z.number(),
  texts: z.array(z.object({ text: z.string(), inputIds: numbers, attentionMask: numbers })),
  pictures: z.array(
    z.object({
      file: z.string(),
      width: z.number(),
      height: z.number(),
      resized: z.string(),
      pixelValues: z.object({ mean: z.number(), std: z.number(), row60: z.array(numbers) }),
      cases: z.array(z.object({ name: z.string(), prompts: z.array(promptSchema) })),
      pointCases: z.array(z.object({ name: z.string(), prompts: z.array(pointPromptSchema) })),
    }),
  ),
})

const golden = (name: string): URL => new URL(`golden/${name}`, import.meta.url)
const { threshold, texts, pictures } = goldensSchema.parse(
  JSON.parse(await readFile(golden('goldens.json'), 'utf8')),
)
const pack = await loadPack(TINY_PACK_DIR)
const part = pack.manifest.segmenter as Sam3Part
const tokenizer = await loadPromptTokenizer(pack.dir, part)
const sam3 = createGraphSam3({
  graphs: await createOnnxGraphs(pack),
  part,
  tokenizer,
  runsOn: 'onnxruntime',
  parallelism: 1,
  nowMs: () => performance.now(),
})
afterAll(() => sam3[Symbol.asyncDispose]())

it.each(texts)('has the tokens of "$text"', ({ text, inputIds, attentionMask }) => {
  const { ids, mask } = tokenizer.tokens(text)
  expect([...ids].map(Number)).toEqual(inputIds)
  expect([...mask].map(Number)).toEqual(attentionMask)
})

describe.each(pictures)('$file ($width x $height)', ({ file, width, height, resized, ...expected }) => {
  it('is stretched to the same bytes, with the same values', async () => {
    const { data } = stretch(await readRgb(file), part.input.width, part.input.height)
    expect(data).toEqual((await readRgb(resized)).data)
    const planes = visionInput(await readRgb(file), part.input).data as Float32Array
    const { mean, std, row60 } = expected.pixelValues
    const average = planes.reduce((sum, value) => sum + value, 0) / planes.length
    const variance = planes.reduce((sum, value) => sum + (value - average) ** 2, 0) / planes.length
    expect(Math.abs(average - mean)).toBeLessThan(TOLERANCE)
    expect(Math.abs(Math.sqrt(variance) - std)).toBeLessThan(TOLERANCE)
    for (const [channel, row] of row60.entries()) {
      const from = (channel * part.input.height + 60) * part.input.width
      for (const [at, value] of row.entries())
        expect(Math.abs((planes[from + at] as number) - value)).toBeLessThan(TOLERANCE)
    }
  })

  it.each(expected.cases)('has the boxes, scores and masks of $name', async ({ prompts }) => {
    await using seen = await sam3.encode(await readRgb(file))
    const asked = prompts.map(({ text, boxes, labels }) => ({
      text,
      examples: boxes.map((corners, n) => ({
        box: toBox(corners, width, height),
        isPositive: labels[n] === 1,
      })),
    }))
    const answers = await seen.find(asked, { minConfidence: threshold })
    for (const [n, { found }] of prompts.entries()) {
      const objects = answers[n] ?? []
      const order = found.scores
        .map((_, at) => at)
        .toSorted((a, b) => (found.scores[b] ?? 0) - (found.scores[a] ?? 0))
      expect(objects.length).toBe(order.length)
      for (const [place, at] of order.entries()) {
        const object = objects[place]
        expect(Math.abs((object?.confidence ?? -1) - (found.scores[at] ?? 0))).toBeLessThan(TOLERANCE)
        const box = clampBbox(toBox(found.boxes[at] ?? [], width, height))
        for (const [side, value] of box.entries())
          expect(Math.abs((object?.bbox[side] ?? -1) - value)).toBeLessThan(TOLERANCE)
        const mask = found.masks.find(({ index }) => index === at)
        if (mask) expect(differingPart(object?.mask, mask.runs)).toBeLessThanOrEqual(TOLERANCE)
      }
      expect(found.masks.length).toBeGreaterThan(0)
    }
  })

  it.each(expected.pointCases)('has the best mask of $name', async ({ prompts }) => {
    await using seen = await sam3.encode(await readRgb(file))
    const segments = await seen.segment(
      prompts.map(({ points, labels, box }) => ({
        box: box ? toBox(box, width, height) : null,
        points: points.map(([x = 0, y = 0], n) => ({
          x: x / width,
          y: y / height,
          isInside: labels[n] === 1,
        })),
      })),
    )
    for (const [n, { iouScores, masks }] of prompts.entries()) {
      const best = iouScores.indexOf(Math.max(...iouScores))
      expect(Math.abs((segments[n]?.confidence ?? -1) - (iouScores[best] ?? 0))).toBeLessThan(TOLERANCE)
      expect(differingPart(segments[n]?.mask, masks[best] ?? [])).toBeLessThanOrEqual(TOLERANCE)
    }
  })
})

function toBox([x1 = 0, y1 = 0, x2 = 0, y2 = 0]: readonly number[], width: number, height: number): Bbox {
  return [x1 / width, y1 / height, (x2 - x1) / width, (y2 - y1) / height]
}

/** Of all pixels; runs go down the columns, outside first. */
function differingPart(mask: RleMask | null | undefined, runs: readonly number[]): number {
  if (!mask) return 1
  const [height, width] = mask.size
  const pixels = decodeMask(mask)
  const total = runs.reduce((sum, run) => sum + run, 0)
  expect(total).toBe(width * height)
  let [differing, at] = [0, 0]
  for (const [n, run] of runs.entries()) {
    for (const end = at + run; at < end; at++)
      if (pixels[(at % height) * width + Math.floor(at / height)] !== n % 2) differing += 1
  }
  return differing / total
}

async function readRgb(name: string): Promise<RgbImage> {
  const { data, info } = await sharp(await readFile(golden(name)))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data: new Uint8Array(data), width: info.width, height: info.height }
}
