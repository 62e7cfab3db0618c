// SAM3 as a detector: each frame is seen once, and looked through for all prompts of its source. An object's label is the
// prompt that found it, so that everything behind the detector works on as with any other.
import type { DetectedObject, DetectionResult, Detector } from '../detect/detector.ts'
import { measureColours } from '../describe/measure-colours.ts'
import type { DetectorInputSize } from '../image/rgb-image.ts'
import type { Sam3Part } from '../pack/pack-manifest.ts'
import { promptLabel } from './prompt-label.ts'
import type { Sam3 } from './sam3.ts'

/**
 * What a frame is fitted to for those who look for changes in it: SAM3 itself sees the whole frame at its own size, so
 * one size only, which makes every look one at the whole.
 */
const SMALL_SIDE = 416
const SMALL_INPUT: DetectorInputSize = {
  width: SMALL_SIDE,
  height: SMALL_SIDE,
  multipleOf: SMALL_SIDE,
  padValue: 114,
}
/** Milliseconds for which one look serves: two frames in three at the usual five a second (docs/bench/keyframes.json). */
const KEY_FRAME_MS = 600
/** The weakest object that may continue a track, as part of what starts one. */
const LOW_PART = 0.6

export function sam3Thresholds({ thresholds: { track } }: Pick<Sam3Part, 'thresholds'>): {
  track: number
  low: number
} {
  return { track, low: track * LOW_PART }
}

/** The detector takes `sam3` over: it is disposed of with it. */
export function createSam3Detector(sam3: Sam3, part: Sam3Part, { nowMs }: { nowMs: () => number }): Detector {
  const { track, low } = sam3Thresholds(part)
  return {
    labels: part.defaultPrompts,
    takesPrompts: true,
    keyFrameMs: KEY_FRAME_MS,
    inputSize: SMALL_INPUT,
    parallelism: sam3.parallelism,
    async detect({ image }, { minConfidence = low, prompts = part.defaultPrompts, signal } = {}) {
      const startedMs = nowMs()
      // Weak objects only help a track along: nobody asks for their masks and colours, unless the weakest are wanted.
      const sure = minConfidence < low ? minConfidence : Math.max(minConfidence, track)
      await using seen = await sam3.encode(image, signal)
      const found = await seen.find(
        prompts.map((text) => ({ text })),
        { minConfidence, maskMinConfidence: sure, signal },
      )
      const objects: DetectedObject[] = []
      for (const [n, text] of prompts.entries()) {
        for (const { confidence, bbox, mask } of found[n] ?? []) {
          const colours = confidence > sure ? measureColours(image, bbox) : []
          objects.push({ label: promptLabel(text), confidence, bbox, mask, colours })
          if (colours.length > 0) await nextTurn()
        }
      }
      const surestFirst = objects.toSorted((a, b) => b.confidence - a.confidence)
      return { objects: surestFirst, image, inferenceMs: nowMs() - startedMs } satisfies DetectionResult
    },
    [Symbol.asyncDispose]: () => sam3[Symbol.asyncDispose](),
  }
}

/** Colours take up to a millisecond an object; others on this thread have their turn between two. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
