import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import type { DetectorFrame } from '@sam3-fleet/models/image/rgb-image'
import { iou, type Bbox } from '@sam3-fleet/shared/domain/geometry'
import { decodeMask, encodeMask } from '@sam3-fleet/shared/domain/rle-mask'
import { brightnessOf, findShift } from './block-motion.ts'
import { createKeyFrames, type KeyFramesState, type TimedDetector } from './key-frames.ts'

const [WIDTH, HEIGHT] = [320, 240]
const GAP_MS = 1_000

interface Thing {
  x: number
  y: number
  w: number
  h: number
}

/** A ground with a pattern of its own, and things with patterns that move along with them. */
function frameOf(things: readonly Thing[], ground = 40): DetectorFrame {
  const data = new Uint8Array(WIDTH * HEIGHT * 3)
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const thing = things.findLast(
        (one) => x >= one.x && x < one.x + one.w && y >= one.y && y < one.y + one.h,
      )
      const value = thing ? 120 + pattern(x - thing.x, y - thing.y, 120) : ground + pattern(x, y, 6)
      data.fill(value, (y * WIDTH + x) * 3, (y * WIDTH + x) * 3 + 3)
    }
  }
  const image = { data, width: WIDTH, height: HEIGHT }
  return { image, input: image, letterbox: { scale: 1, padX: 0, padY: 0 } }
}

/** Patches of eight pixels, smooth between: 0 to `height`. */
function pattern(x: number, y: number, height: number): number {
  return Math.round((height / 2) * (1 + Math.sin(x / 5 + Math.cos(y / 7) * 2) * Math.cos(y / 6)))
}

function toBox({ x, y, w, h }: Thing): Bbox {
  return [x / WIDTH, y / HEIGHT, w / WIDTH, h / HEIGHT]
}

function maskOf({ x, y, w, h }: Thing) {
  const pixels = new Uint8Array(WIDTH * HEIGHT)
  for (let row = y; row < y + h; row++) pixels.fill(1, row * WIDTH + x, row * WIDTH + x + w)
  return encodeMask(pixels, WIDTH, HEIGHT)
}

/** Sees the things that it is told of. */
function scripted(): {
  detector: TimedDetector
  looks: () => number
  seeing: (things: readonly Thing[]) => void
} {
  let [looks, now] = [0, [] as readonly Thing[]]
  return {
    looks: () => looks,
    seeing: (things) => (now = things),
    detector: {
      inputSize: { width: WIDTH, height: HEIGHT, multipleOf: 1, padValue: 0 },
      async detect({ image }) {
        looks += 1
        const objects = now.map((thing): DetectedObject => ({
          label: 'thing',
          confidence: 0.9,
          bbox: toBox(thing),
          mask: maskOf(thing),
          colours: [],
        }))
        return { objects, image, inferenceMs: 1 }
      },
    },
  }
}

const walker: Thing = { x: 100, y: 80, w: 40, h: 60 }
const moved = (thing: Thing, dx: number, dy = 0): Thing => ({ ...thing, x: thing.x + dx, y: thing.y + dy })

async function run(
  frames: readonly { things: readonly Thing[]; atMs: number; ground?: number }[],
  before?: KeyFramesState,
) {
  const script = scripted()
  const keyFrames = createKeyFrames(script.detector, { maxGapMs: GAP_MS }, before)
  const results: { looks: number; objects: DetectedObject[] }[] = []
  for (const { things, atMs, ground } of frames) {
    script.seeing(things)
    const { objects } = await keyFrames.detect(frameOf(things, ground), {}, atMs)
    results.push({ looks: script.looks(), objects })
  }
  return { results, state: keyFrames.state() }
}

it('finds how far a part has moved, to the pixel of the small picture', () => {
  const step = fc.integer({ min: -7, max: 7 })
  fc.assert(
    fc.property(step, step, (dx, dy) => {
      const before = brightnessOf(frameOf([walker]))
      const now = brightnessOf(frameOf([moved(walker, dx * 2, dy * 2)]))
      const found = findShift(before, now, { bbox: toBox(walker), expected: { dx: 0, dy: 0 } })
      expect(found).toMatchObject({ dx, dy })
    }),
    { numRuns: 25 },
  )
})

describe('between key frames', () => {
  it('boxes and masks move along with what was found', async () => {
    const path = [0, 6, 12, 20].map((dx) => moved(walker, dx, dx / 2))
    const { results } = await run(path.map((thing, n) => ({ things: [thing], atMs: n * 200 })))
    expect(results.map(({ looks }) => looks)).toEqual([1, 1, 1, 1])
    for (const [n, { objects }] of results.entries()) {
      const truth = path[n] as Thing
      expect(iou(objects[0]?.bbox ?? [0, 0, 0, 0], toBox(truth))).toBeGreaterThan(0.9)
      const mask = objects[0]?.mask
      if (!mask) throw new Error('it has a mask')
      const [is, was] = [decodeMask(mask), decodeMask(maskOf(truth))]
      const differing = is.reduce((sum, value, at) => sum + (value === was[at] ? 0 : 1), 0)
      expect(differing / (truth.w * truth.h)).toBeLessThan(0.1)
    }
  })

  it('nothing is looked at while nothing changes, until the last look is too old', async () => {
    const still = (atMs: number) => ({ things: [walker], atMs })
    const { results } = await run([still(0), still(400), still(999), still(1_000), still(1_400)])
    expect(results.map(({ looks }) => looks)).toEqual([1, 1, 1, 2, 2])
  })

  it.each([
    ['somebody comes in', [walker, { x: 240, y: 150, w: 30, h: 40 }], undefined],
    ['what was there is gone', [], undefined],
    ['the light changes', [walker], 90],
  ])('a frame is looked at when %s', async (_what, things, ground) => {
    const { results } = await run([
      { things: [walker], atMs: 0 },
      { things, atMs: 200, ...(ground !== undefined && { ground }) },
    ])
    expect(results.map(({ looks }) => looks)).toEqual([1, 2])
    expect(results[1]?.objects).toHaveLength(things.length)
  })

  it('a frame is looked at when its object leaves the picture, or time runs backwards', async () => {
    const rim: Thing = { x: 4, y: 80, w: 40, h: 60 }
    const leaving = await run([
      { things: [rim], atMs: 0 },
      { things: [moved(rim, -14)], atMs: 200 },
      { things: [moved(rim, -28)], atMs: 400 },
    ])
    expect(leaving.results.at(-1)?.looks).toBeGreaterThan(1)
    const back = await run([
      { things: [walker], atMs: 500 },
      { things: [walker], atMs: 100 },
    ])
    expect(back.results.map(({ looks }) => looks)).toEqual([1, 2])
  })

  it('one that is made from the state of another goes on as that one would', async () => {
    const frames = [0, 6, 12, 18].map((dx, n) => ({ things: [moved(walker, dx)], atMs: n * 200 }))
    const whole = await run(frames)
    const first = await run(frames.slice(0, 2))
    const second = await run(frames.slice(2), structuredClone(first.state))
    expect(second.results.map(({ objects }) => objects)).toEqual(
      whole.results.slice(2).map(({ objects }) => objects),
    )
    expect(second.results.map(({ looks }) => looks)).toEqual([0, 0])
    expect(second.state).toEqual(whole.state)
  })
})
