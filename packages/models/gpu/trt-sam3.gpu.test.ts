// SAM3 through TensorRT beside transformers' answers: the tiny pack built in full and in half precision, opened as the agent
// opens it, asked as the agent asks. Needs a GPU, TensorRT (SAM3_TENSORRT_DIR) and nothing else; packages/trt-native/gpu/run.sh
// runs it.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inflateSync } from 'node:zlib'
import { loadAddon } from '@sam3-fleet/trt-native/native-addon'
import type { RgbImage } from '../src/image/rgb-image.ts'
import { loadPack } from '../src/pack/load-pack.ts'
import { buildEngines } from '../src/sam3/engines/trt-build.ts'
import type { Sam3Precision } from '../src/sam3/engines/trt-engine-graphs.ts'
import { openTrtSam3 } from '../src/sam3/engines/trt-open.ts'
import { measureParity, underGate, type ComparedPicture } from '../src/sam3/engines/trt-parity.ts'
import type { FoundObject, Prompt, Sam3 } from '../src/sam3/sam3.ts'

const LIBRARIES = process.env['SAM3_TENSORRT_DIR']
const RESULTS = process.env['SAM3_GPU_OUT'] ?? tmpdir()
const source = (path: string): string => fileURLToPath(new URL(`../src/sam3/${path}`, import.meta.url))
/** Of scores and of boxes in parts of the picture: TensorRT multiplies in TF32 unless told otherwise. */
const TOLERANCE = { fp32: 5e-3, fp16: 5e-2 } as const
/** Pictures of the endurance run: enough to see a leak of a single tensor a picture. */
const PICTURES = 500

interface GoldenPrompt {
  text: string
  boxes: number[][]
  labels: number[]
  raw: { scores: number[]; boxes: number[][] }
}
interface Golden {
  pictures: {
    file: string
    width: number
    height: number
    resized: string
    cases: { name: string; prompts: GoldenPrompt[] }[]
  }[]
}
const golden = JSON.parse(readFileSync(source('golden/goldens.json'), 'utf8')) as Golden
const pack = await loadPack(source('fixtures/tiny'))
const plans = mkdtempSync(join(tmpdir(), 'sam3-engines-'))
after(() => rmSync(plans, { recursive: true }))
const figures: Record<string, unknown> = {}

async function open(precision: Sam3Precision): Promise<Sam3> {
  const outputDir = join(plans, precision)
  await buildEngines(pack, { precision, outputDir, libraryDir: LIBRARIES })
  const settings = { encoderPath: null, decoderPath: null, enginesDir: outputDir, libraryDir: LIBRARIES }
  return (await openTrtSam3(pack, settings)).sam3
}

/** The picture as the network takes it, so that scaling plays no part. */
function answersOf(sam3: Sam3): Promise<{ expected: GoldenPrompt; objects: FoundObject[] }[]> {
  return Promise.all(
    golden.pictures.map(async ({ resized, width, height, cases }) => {
      await using seen = await sam3.encode(readPng(source(`golden/${resized}`)))
      const asked = cases.flatMap(({ prompts }) => prompts)
      const found = await seen.find(
        asked.map((prompt) => toPrompt(prompt, width, height)),
        { minConfidence: 0, maskMinConfidence: 1 },
      )
      return asked.map((expected, n) => ({ expected, objects: found[n] ?? [] }))
    }),
  ).then((each) => each.flat())
}

for (const precision of ['fp32', 'fp16'] as const) {
  void test(`scores and boxes in ${precision} are those of transformers`, async () => {
    await using sam3 = await open(precision)
    let [worstScore, worstBox] = [0, 0]
    for (const { expected, objects } of await answersOf(sam3)) {
      const { scores, boxes } = expected.raw
      const order = scores.map((_, at) => at).toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
      assert.equal(objects.length, order.length)
      for (const [place, at] of order.entries()) {
        worstScore = Math.max(worstScore, Math.abs((objects[place]?.confidence ?? 9) - (scores[at] ?? 0)))
        // Equal scores may change places: the box is looked for among all.
        const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = (boxes[at] ?? []).map((side) =>
          Math.min(1, Math.max(0, side)),
        )
        const distances = objects.map(({ bbox: [x, y, w, h] }) =>
          Math.max(Math.abs(x - x1), Math.abs(y - y1), Math.abs(x + w - x2), Math.abs(y + h - y2)),
        )
        worstBox = Math.max(worstBox, Math.min(...distances))
      }
    }
    figures[precision] = { worstScore, worstBox }
    process.stdout.write(
      `${precision}: scores within ${worstScore.toExponential(2)}, boxes within ${worstBox.toExponential(2)}\n`,
    )
    assert.ok(worstScore < TOLERANCE[precision], `scores are off by ${worstScore}`)
    assert.ok(worstBox < TOLERANCE[precision], `boxes are off by ${worstBox}`)
  })
}

void test('half precision passes the gate against full precision, masks too', async () => {
  await using exact = await open('fp32')
  await using half = await open('fp16')
  const compared: ComparedPicture[] = []
  for (const { file, width, height, cases } of golden.pictures) {
    const image = readPng(source(`golden/${file}`))
    const prompts = cases.flatMap((each) => each.prompts).map((prompt) => toPrompt(prompt, width, height))
    const ask = async (sam3: Sam3): Promise<FoundObject[][]> => {
      await using seen = await sam3.encode(image)
      return await seen.find(prompts, { minConfidence: 0.3 })
    }
    compared.push({ reference: await ask(exact), candidate: await ask(half) })
  }
  const measures = measureParity(compared)
  figures['parity'] = measures
  process.stdout.write(`fp16 against fp32: ${JSON.stringify(measures)}\n`)
  assert.deepEqual(underGate(measures), [])
})

void test('points and boxes are answered with masks of the size of the picture', async () => {
  await using sam3 = await open('fp32')
  await using seen = await sam3.encode(readPng(source('golden/crossing.png')))
  const segments = await seen.segment([
    { box: [0.1, 0.2, 0.3, 0.4], points: [] },
    { box: null, points: [{ x: 0.2, y: 0.3, isInside: true }] },
  ])
  assert.deepEqual(
    segments.map(({ mask }) => mask.size),
    [
      [190, 280],
      [190, 280],
    ],
  )
  assert.ok(segments.every(({ confidence }) => confidence > 0 && confidence <= 1))
})

void test(`${PICTURES} pictures leave nothing on the GPU, and do not hold the event loop`, async () => {
  const counts = (): Record<string, number> => ({ ...loadAddon().liveCounts() })
  await using sam3 = await open('fp16')
  const image = readPng(source('golden/crossing.png'))
  const work = async (): Promise<void> => {
    await using seen = await sam3.encode(image)
    await seen.find([{ text: 'person' }, { text: 'white van' }], { minConfidence: 0.5 })
  }
  for (let warm = 0; warm < 20; warm++) await work()
  const before = counts()
  const startedMs = performance.now()
  for (let n = 0; n < PICTURES; n++) await work()
  const eachMs = (performance.now() - startedMs) / PICTURES
  assert.deepEqual(counts(), before)
  figures['tiny'] = { pictures: PICTURES, eachMs }
  process.stdout.write(`${eachMs.toFixed(2)} ms a picture with two prompts\n`)
})

after(() => {
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(join(RESULTS, 'sam3-tiny.json'), `${JSON.stringify(figures, null, 2)}\n`)
})

function toPrompt({ text, boxes, labels }: GoldenPrompt, width: number, height: number): Prompt {
  const examples = boxes.map(([x1 = 0, y1 = 0, x2 = 0, y2 = 0], n) => ({
    box: [x1 / width, y1 / height, (x2 - x1) / width, (y2 - y1) / height] as [number, number, number, number],
    isPositive: labels[n] === 1,
  }))
  return { text, examples }
}

/** 8 bits, red, green and blue, not interlaced: all that the goldens are, and the host has no library for pictures. */
function readPng(path: string): RgbImage {
  const bytes = readFileSync(path)
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  assert.deepEqual([...bytes.subarray(24, 29)], [8, 2, 0, 0, 0], `${path} is another kind of PNG`)
  const parts: Buffer[] = []
  for (let at = 8; at < bytes.length; at += bytes.readUInt32BE(at) + 12)
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)))
  const raw = inflateSync(Buffer.concat(parts))
  const stride = width * 3
  const data = new Uint8Array(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]
    for (let x = 0; x < stride; x++) {
      const left = x >= 3 ? (data[y * stride + x - 3] as number) : 0
      const up = y > 0 ? (data[(y - 1) * stride + x] as number) : 0
      const corner = x >= 3 && y > 0 ? (data[(y - 1) * stride + x - 3] as number) : 0
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0
      data[y * stride + x] = ((raw[y * (stride + 1) + 1 + x] as number) + guess) & 255
    }
  }
  return { data, width, height }
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}
