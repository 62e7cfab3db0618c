// Boxes with confidences against labels: the recall that a threshold reaches at which a stated precision is kept.
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { iou } from '@sam3-fleet/shared/domain/geometry'

export const OVERLAP_MIN = 0.5

export interface JudgedFrame {
  /** Those with `isExcused` count where they are right and are not held against anybody where they are not. */
  found: readonly { bbox: Bbox; confidence: number; label?: string; isExcused?: boolean }[]
  /** Those with `isIgnored` are neither asked for nor held against anybody; `labels` are the kinds that fit, else all. */
  truth: readonly { bbox: Bbox; isIgnored: boolean; labels?: readonly string[] }[]
}

export interface DetectionMeasure {
  /** Largest over all thresholds that keep the precision; 0 when none does. */
  recall: number
  precision: number
  /** The lowest confidence that counts there. */
  threshold: number
  asked: number
}

/**
 * As the object detection challenges count (Everingham et al. 2010): surest first, each label once, a second box on the
 * same label is a false one.
 */
export function recallAtPrecision(frames: readonly JudgedFrame[], precisionMin: number): DetectionMeasure {
  const asked = frames.reduce((sum, { truth }) => sum + truth.filter(({ isIgnored }) => !isIgnored).length, 0)
  const judged = frames.flatMap(judge).toSorted((a, b) => b.confidence - a.confidence)
  let best: DetectionMeasure = { recall: 0, precision: 1, threshold: 1, asked }
  let [right, wrong] = [0, 0]
  for (const [at, { confidence, isRight }] of judged.entries()) {
    if (isRight) right += 1
    else wrong += 1
    // Equal confidences stand or fall together.
    if (judged[at + 1]?.confidence === confidence) continue
    const precision = right / (right + wrong)
    const recall = asked === 0 ? 0 : right / asked
    if (precision >= precisionMin && recall > best.recall)
      best = { recall, precision, threshold: confidence, asked }
  }
  return best
}

interface Judged {
  confidence: number
  isRight: boolean
}

/** Each box that counts, with whether it is right. */
function judge({ found, truth }: JudgedFrame): Judged[] {
  const taken = new Set<number>()
  return found
    .toSorted((a, b) => b.confidence - a.confidence)
    .flatMap(({ bbox, confidence, label: kind, isExcused }): Judged[] => {
      const overlaps = truth
        .map((label, at) => ({ ...label, at, overlap: iou(bbox, label.bbox) }))
        .filter(({ overlap }) => overlap >= OVERLAP_MIN)
        .toSorted((a, b) => b.overlap - a.overlap)
      const best = overlaps.find(
        ({ at, isIgnored, labels }) =>
          !isIgnored && !taken.has(at) && (!labels || (kind !== undefined && labels.includes(kind))),
      )
      if (best) {
        taken.add(best.at)
        return [{ confidence, isRight: true }]
      }
      return isExcused || overlaps.some(({ isIgnored }) => isIgnored) ? [] : [{ confidence, isRight: false }]
    })
}
