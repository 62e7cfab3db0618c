// Found boxes against labelled ones: the best pairs first, each once. Pure; used by every measure of this folder.
import { iou, type Bbox } from '@sam3-fleet/shared/domain/geometry'

export interface Pair {
  found: number
  truth: number
  overlap: number
}

/** Greedy by overlap, from `overlapMin`; with a handful of boxes a frame this is what an optimal assignment gives. */
export function matchBoxes(found: readonly Bbox[], truth: readonly Bbox[], overlapMin: number): Pair[] {
  const pairs = found
    .flatMap((box, at) => truth.map((other, n): Pair => ({ found: at, truth: n, overlap: iou(box, other) })))
    .filter(({ overlap }) => overlap >= overlapMin)
    .toSorted((a, b) => b.overlap - a.overlap)
  const [usedFound, usedTruth] = [new Set<number>(), new Set<number>()]
  return pairs.filter((pair) => {
    if (usedFound.has(pair.found) || usedTruth.has(pair.truth)) return false
    usedFound.add(pair.found)
    usedTruth.add(pair.truth)
    return true
  })
}
