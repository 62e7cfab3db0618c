// The boxes of one frame with its picture: what each looks like, measured when somebody asks, and whether it shows one
// thing alone. Without a picture nothing is known of how anything looks.
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { appearanceOf, type Appearance } from './appearance.ts'

/** Part of a box that another may cover while it still shows mostly its own. */
const COVERED_MAX = 0.3
/** What is less sure than this part of the threshold of sure boxes is noise more often than a thing that covers. */
const COVERING_CONFIDENCE = 0.7

export interface FrameLooks {
  /** Null when it is not known. */
  of(object: DetectedObject): Appearance | null
  /** No other thing covers much of it. */
  isAlone(object: DetectedObject): boolean
}

/** @param trackThreshold confidence of sure boxes */
export function createFrameLooks(
  image: RgbImage | null,
  objects: readonly DetectedObject[],
  trackThreshold: number,
): FrameLooks {
  const known = new Map<DetectedObject, Appearance | null>()
  const covering = objects.filter(({ confidence }) => confidence >= COVERING_CONFIDENCE * trackThreshold)
  return {
    of(object) {
      if (!image) return null
      let appearance = known.get(object)
      if (appearance === undefined) known.set(object, (appearance = appearanceOf(image, object.bbox)))
      return appearance
    },
    isAlone: (object) =>
      !covering.some((other) => other !== object && coveredPart(object.bbox, other.bbox) > COVERED_MAX),
  }
}

/** Part of `a` (0..1) that lies in `b`. */
function coveredPart(a: Bbox, b: Bbox): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0])
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1])
  return width > 0 && height > 0 ? (width * height) / (a[2] * a[3]) : 0
}
