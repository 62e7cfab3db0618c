// Frames of one fixed camera in, objects out, with a detector that only looks where something changed. What was seen
// elsewhere before is still there: it is handed on as held, to keep its track alive without counting as seen again.
import type { DetectedObject, DetectionResult, DetectOptions } from '@sam3-fleet/models/detect/detector'
import type { DetectorFrame } from '@sam3-fleet/models/image/rgb-image'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { cropInput, croppedPart } from './crop-input.ts'
import type { GatedDetectorState } from './gate-state.ts'
import type { TimedDetector } from './key-frames.ts'
import type { Change, MotionGate } from './motion-gate.ts'

export interface GatedResult extends DetectionResult {
  /** Seen before, in parts that have not changed since. */
  held: DetectedObject[]
}

export interface GatedDetector {
  /** One frame after the other, in order of time. */
  detect(frame: DetectorFrame, ptsMs: number, options: DetectOptions): Promise<GatedResult>
  /** After the newest frame: one made from it goes on with the next as this one would. */
  state(): GatedDetectorState
}

/** A box that touches the rim of what was looked at may be cut off there: within this part of the picture. */
const RIM = 0.004
/** Rounds in which the region grows over objects that it touches; more would be a crowd, and that is all of it. */
const GROW_MAX = 4

/** @param before what the detector that this one goes on for had seen last */
export function createGatedDetector(
  detector: TimedDetector,
  gate: MotionGate,
  before: readonly DetectedObject[] = [],
): GatedDetector {
  let known = [...before]

  return {
    state: () => ({ gate: gate.state(), known }),
    async detect(frame, ptsMs, options) {
      const change = gate.judge(frame, ptsMs)
      if (change.kind === 'none') return { objects: [], held: known, image: frame.image, inferenceMs: 0 }
      const region = regionOf(change, known)
      if (region === null) {
        const result = await detector.detect(frame, options, ptsMs)
        known = result.objects
        return { ...result, held: [] }
      }
      const part = cropInput(frame, region, detector.inputSize.multipleOf)
      const looked = croppedPart(part)
      const result = await detector.detect(part, options, ptsMs)
      const held = known.filter(({ bbox }) => !touches(bbox, looked))
      const objects = result.objects.filter(({ bbox }) => !isCutOff(bbox, looked))
      known = [...objects, ...held]
      return { ...result, objects, held }
    },
  }
}

/** What changed, and all of every known object that it touches; null for everything. */
function regionOf(change: Change, known: readonly DetectedObject[]): Bbox | null {
  if (change.kind !== 'part') return null
  let { region } = change
  for (let round = 0; round < GROW_MAX; round++) {
    const before = region
    for (const { bbox } of known) if (touches(bbox, region)) region = around(region, bbox)
    if (region === before) return region
  }
  return null
}

function touches([x, y, w, h]: Bbox, [left, top, width, height]: Bbox): boolean {
  return x < left + width && x + w > left && y < top + height && y + h > top
}

function around(a: Bbox, b: Bbox): Bbox {
  const [left, top] = [Math.min(a[0], b[0]), Math.min(a[1], b[1])]
  const [right, bottom] = [Math.max(a[0] + a[2], b[0] + b[2]), Math.max(a[1] + a[3], b[1] + b[3])]
  if (left === a[0] && top === a[1] && right === a[0] + a[2] && bottom === a[1] + a[3]) return a
  return [left, top, right - left, bottom - top]
}

/** At a rim of the part that is not the picture's own. */
function isCutOff([x, y, w, h]: Bbox, [left, top, width, height]: Bbox): boolean {
  return (
    (left > RIM && x - left < RIM) ||
    (top > RIM && y - top < RIM) ||
    (left + width < 1 - RIM && left + width - (x + w) < RIM) ||
    (top + height < 1 - RIM && top + height - (y + h) < RIM)
  )
}
