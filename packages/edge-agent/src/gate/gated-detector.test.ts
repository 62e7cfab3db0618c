import { describe, expect, test } from 'vitest'
import type { DetectedObject, Detector } from '@sam3-fleet/models/detect/detector'
import type { DetectorFrame } from '@sam3-fleet/models/image/rgb-image'
import { iou, type Bbox } from '@sam3-fleet/shared/domain/geometry'
import { croppedPart } from './crop-input.ts'
import { createGatedDetector } from './gated-detector.ts'
import { createMotionGate, type Change, type MotionGate } from './motion-gate.ts'

const HOW = { minConfidence: 0.1, signal: new AbortController().signal }

function frame(): DetectorFrame {
  return {
    image: { data: new Uint8Array(0), width: 832, height: 640 },
    input: { data: new Uint8Array(416 * 320 * 3), width: 416, height: 320 },
    letterbox: { scale: 0.5, padX: 0, padY: 0 },
  }
}

const object = (bbox: Bbox): DetectedObject => ({
  label: 'person',
  confidence: 0.8,
  bbox,
  mask: null,
  colours: [],
})

/** Sees what stands there, cut to the part that it is shown, and remembers how much it was shown. */
function detectorOf(world: () => Bbox[]) {
  const shown: number[] = []
  const detector: Detector = {
    takesPrompts: false,
    keyFrameMs: 0,
    labels: ['person'],
    inputSize: { width: 416, height: 416, multipleOf: 32, padValue: 114 },
    parallelism: 1,
    detect(given) {
      const [left, top, width, height] = croppedPart(given)
      shown.push((given.input.width * given.input.height) / (416 * 320))
      const objects = world().flatMap((bbox) => {
        const [x, y, w, h] = bbox
        if (x >= left && y >= top && x + w <= left + width && y + h <= top + height)
          return [object([...bbox])]
        const [x1, y1] = [Math.max(x, left), Math.max(y, top)]
        const [x2, y2] = [Math.min(x + w, left + width), Math.min(y + h, top + height)]
        return x2 > x1 && y2 > y1 ? [object([x1, y1, x2 - x1, y2 - y1])] : []
      })
      return Promise.resolve({ objects, image: given.image, inferenceMs: 1 })
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  return { detector, shown }
}

function gateOf(changes: Change[]): MotionGate {
  return { judge: () => changes.shift() ?? { kind: 'all' }, state: () => createMotionGate().state() }
}

const WALKER: Bbox = [0.1, 0.2, 0.05, 0.2]
const PARKED: Bbox = [0.7, 0.6, 0.2, 0.2]

describe('a detector behind a gate', () => {
  test('is not asked while nothing changes; what was there is held', async () => {
    const { detector, shown } = detectorOf(() => [WALKER, PARKED])
    const gated = createGatedDetector(detector, gateOf([{ kind: 'all' }, { kind: 'none' }]))
    expect((await gated.detect(frame(), 0, HOW)).objects).toHaveLength(2)
    const second = await gated.detect(frame(), 200, HOW)
    expect([second.objects, second.held.map(({ bbox }) => bbox)]).toEqual([[], [WALKER, PARKED]])
    expect(shown).toHaveLength(1)
  })

  test('is shown the part that changed with all of each object in it, and the rest is held', async () => {
    const walker: Bbox = [...WALKER]
    const { detector, shown } = detectorOf(() => [walker, PARKED])
    // Only the legs move.
    const part: Change = { kind: 'part', region: [0.1, 0.35, 0.08, 0.06] }
    const gated = createGatedDetector(detector, gateOf([{ kind: 'all' }, part]))
    await gated.detect(frame(), 0, HOW)
    walker[0] += 0.02
    const { objects, held } = await gated.detect(frame(), 200, HOW)
    expect(objects).toHaveLength(1)
    expect(iou(objects[0]?.bbox as Bbox, walker)).toBeGreaterThan(0.99)
    expect(held.map(({ bbox }) => bbox)).toEqual([PARKED])
    expect(shown[1]).toBeLessThan(0.3)
  })

  test('does not take what the rim of a part cuts off for an object', async () => {
    const big: Bbox = [0.05, 0.05, 0.9, 0.9]
    const { detector } = detectorOf(() => [big])
    const gated = createGatedDetector(detector, gateOf([{ kind: 'part', region: [0.4, 0.4, 0.1, 0.1] }]))
    expect((await gated.detect(frame(), 0, HOW)).objects).toEqual([])
  })

  test('who left is not held', async () => {
    let world: Bbox[] = [WALKER, PARKED]
    const { detector } = detectorOf(() => world)
    const gated = createGatedDetector(
      detector,
      gateOf([{ kind: 'all' }, { kind: 'part', region: [0.08, 0.18, 0.1, 0.2] }, { kind: 'none' }]),
    )
    await gated.detect(frame(), 0, HOW)
    world = [PARKED]
    expect((await gated.detect(frame(), 200, HOW)).held.map(({ bbox }) => bbox)).toEqual([PARKED])
    expect((await gated.detect(frame(), 400, HOW)).held.map(({ bbox }) => bbox)).toEqual([PARKED])
  })
})
