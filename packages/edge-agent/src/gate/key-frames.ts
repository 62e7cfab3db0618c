// Frames of one recording in, objects out, with a detector that looks at key frames only: in between, what it found is moved
// along with the picture. A frame becomes a key frame when the last one is too old, or when something has changed that
// what is known does not explain. For detectors whose look costs far more than the few milliseconds of this.
import { z } from 'zod'
import type { DetectionResult, DetectOptions, Detector } from '@sam3-fleet/models/detect/detector'
import { keptObjectSchema } from '@sam3-fleet/models/detect/kept-object'
import type { DetectorFrame } from '@sam3-fleet/models/image/rgb-image'
import { brightnessOf } from './block-motion.ts'
import { CARRY_LIMITS, carryObjects, type CarryLimits } from './carry-objects.ts'

/** A detector that is told when in the recording a frame is; any detector is one that does not ask. */
export interface TimedDetector {
  readonly inputSize: Detector['inputSize']
  /** One frame after the other, in order of time. */
  detect(frame: DetectorFrame, options: DetectOptions, ptsMs: number): Promise<DetectionResult>
}

export interface KeyFrames extends TimedDetector {
  /** After the newest frame: one made from it goes on with the next as this one would. */
  state(): KeyFramesState
}

export const keyFramesStateSchema = z.object({
  key: z
    .object({
      ptsMs: z.number(),
      brightness: z.object({
        values: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
        width: z.number().int(),
        height: z.number().int(),
      }),
      objects: z.array(keptObjectSchema),
      shifts: z.array(z.object({ dx: z.number().int(), dy: z.number().int() })),
    })
    .nullable(),
})
export type KeyFramesState = z.infer<typeof keyFramesStateSchema>

/** @param maxGapMs milliseconds of the recording after which a key frame is too old */
export function createKeyFrames(
  detector: TimedDetector,
  { maxGapMs, limits = CARRY_LIMITS }: { maxGapMs: number; limits?: CarryLimits },
  before: KeyFramesState = { key: null },
): KeyFrames {
  let { key } = before

  return {
    inputSize: detector.inputSize,
    state: () => ({ key }),
    async detect(frame, options, ptsMs) {
      const { image } = frame
      const brightness = brightnessOf(frame)
      const isFresh = key !== null && ptsMs >= key.ptsMs && ptsMs - key.ptsMs < maxGapMs
      const carried = key && isFresh ? carryObjects(key, brightness, { picture: image, limits }) : null
      if (key && carried) {
        key = { ...key, shifts: carried.shifts }
        return { objects: carried.objects, image, inferenceMs: 0 }
      }
      const result = await detector.detect(frame, options, ptsMs)
      key = { ptsMs, brightness, objects: result.objects, shifts: [] }
      return result
    },
  }
}
