// One object that the detector names twice ("car" .51 and "truck" .43 on the same van) becomes one: the surer stays.
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import { areAlike } from '@sam3-fleet/models/detect/label-kinds'
import { iou } from '@sam3-fleet/shared/domain/geometry'

/** Overlap above which two boxes of different but confusable labels are the same object. */
const TWIN_OVERLAP = 0.7

/** @param objects surest first, as a detector gives them */
export function suppressTwins(objects: readonly DetectedObject[]): DetectedObject[] {
  const kept: DetectedObject[] = []
  for (const object of objects) {
    const isTwin = kept.some(
      (other) => areAlike(other.label, object.label) && iou(other.bbox, object.bbox) > TWIN_OVERLAP,
    )
    if (!isTwin) kept.push(object)
  }
  return kept
}
