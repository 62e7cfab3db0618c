// A recording that a test writes down: things that move, pause, hide and come back, with a source and a detector that
// show just that, and an encoder without a model. The stages behind them are the real ones.
import type { DetectedObject, Detector } from '@sam3-fleet/models/detect/detector'
import type { DetectorFrame } from '@sam3-fleet/models/image/rgb-image'
import type { TextEncoder } from '@sam3-fleet/models/text/text-encoder'
import { clampBbox, type Bbox } from '@sam3-fleet/shared/domain/geometry'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import { normalise } from '@sam3-fleet/shared/vector/vector'
import type { CapturedFrame, OpenFrameSource } from '../../capture/frame-source.ts'
import { croppedPart } from '../../gate/crop-input.ts'
import { TEST_SPACE } from '../../store/testing/test-store.ts'

export interface Actor {
  label: string
  colour: string
  /** First frame, and frames until it is gone. */
  from: number
  length: number
  /** Hidden in these frames after its first. */
  hiddenFrom: number
  hiddenFor: number
  start: Bbox
  /** Of the picture, each frame. */
  dx: number
  dy: number
  /** One after the other, over and over. */
  confidences: readonly number[]
}

export interface Scene {
  frames: number
  stepMs: number
  actors: readonly Actor[]
  cuts: readonly number[]
}

/** Frames of the file from one that is looked at to the next. */
const FRAME_STRIDE = 2
const [WIDTH, HEIGHT] = [96, 64]
export const SCRIPTED_INPUT = { width: WIDTH, height: HEIGHT, multipleOf: 8, padValue: 114 }

export function openScripted({ frames, stepMs, cuts, ...scene }: Scene): OpenFrameSource {
  return ({ signal }) =>
    Promise.resolve({
      info: {
        width: WIDTH,
        height: HEIGHT,
        durationMs: frames * stepMs,
        frameCount: frames * FRAME_STRIDE,
        isStill: false,
        containerOriginMs: null,
        format: 'scripted',
        codec: 'none',
      },
      dropped: 0,
      decodedBy: null,
      async *frames(fromFrame): AsyncGenerator<CapturedFrame, void, void> {
        for (let n = 0; n < frames; n++) {
          await new Promise((resolve) => setImmediate(resolve))
          if (signal.aborted) throw new FleetError('CANCELLED', 'not wanted any more')
          const frameIdx = n * FRAME_STRIDE
          if (frameIdx < fromFrame) continue
          const frame = draw(actorsAt({ frames, stepMs, cuts, ...scene }, n), n)
          yield { frameIdx, ptsMs: n * stepMs, isCut: cuts.includes(n), frame }
        }
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    })
}

/** Sees all actors whose centre is in what it is shown; reads the number of the frame from its picture. */
export function scriptedDetector(scene: Scene): Detector {
  return {
    labels: ['person', 'car', 'dog'],
    takesPrompts: false,
    keyFrameMs: 0,
    inputSize: SCRIPTED_INPUT,
    parallelism: 2,
    async detect(frame, { signal } = {}) {
      await new Promise((resolve) => setImmediate(resolve))
      if (signal?.aborted) throw new FleetError('CANCELLED', 'not wanted any more')
      const [left, top, width, height] = croppedPart(frame)
      const objects = actorsAt(scene, frame.image.data[0] as number).filter(({ bbox: [x, y, w, h] }) => {
        const [middle, centre] = [x + w / 2, y + h / 2]
        return middle >= left && middle < left + width && centre >= top && centre < top + height
      })
      return { objects, image: frame.image, inferenceMs: 1 }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

export function scriptedEncoder(): TextEncoder {
  return {
    space: TEST_SPACE,
    encode: (sentences) =>
      Promise.resolve(
        sentences.map((sentence) => {
          const seed = sha256Hex(sentence)
          const numbers = [0, 8, 16, 24].map(
            (at) => Number.parseInt(seed.slice(at, at + 8), 16) / 2 ** 31 - 1,
          )
          return Float32Array.from(normalise(numbers, TEST_SPACE.dimension))
        }),
      ),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

function actorsAt({ actors }: Scene, n: number): DetectedObject[] {
  return actors
    .flatMap((actor): DetectedObject[] => {
      const age = n - actor.from
      const isHidden = age >= actor.hiddenFrom && age < actor.hiddenFrom + actor.hiddenFor
      if (age < 0 || age >= actor.length || isHidden) return []
      const [x, y, w, h] = actor.start
      const bbox = clampBbox([x + age * actor.dx, y + age * actor.dy, w, h])
      if (bbox[2] < 0.02 || bbox[3] < 0.02) return []
      const confidence = actor.confidences[age % actor.confidences.length] as number
      const colours = [{ name: actor.colour, share: 0.75 }]
      return [{ label: actor.label, confidence, bbox, mask: null, colours }]
    })
    .sort((a, b) => b.confidence - a.confidence)
}

/** Grain that differs in each frame, and a bright block for each object; the first byte is the frame's number. */
function draw(objects: readonly DetectedObject[], n: number): DetectorFrame {
  const data = new Uint8Array(WIDTH * HEIGHT * 3)
  for (let at = 0; at < data.length; at++) data[at] = 90 + ((at * 31 + n * 17) % 7)
  for (const [order, { bbox }] of objects.entries()) {
    const [left, top] = [Math.round(bbox[0] * WIDTH), Math.round(bbox[1] * HEIGHT)]
    const [right, bottom] = [
      Math.round((bbox[0] + bbox[2]) * WIDTH),
      Math.round((bbox[1] + bbox[3]) * HEIGHT),
    ]
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++)
        data.fill(160 + ((order * 40 + x * 3 + y + n) % 90), (y * WIDTH + x) * 3, (y * WIDTH + x + 1) * 3)
  }
  data[0] = n
  const size = { width: WIDTH, height: HEIGHT }
  return {
    image: { data, ...size },
    input: { data: data.slice(), ...size },
    letterbox: { scale: 1, padX: 0, padY: 0 },
  }
}
