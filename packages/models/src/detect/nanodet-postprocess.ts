// NanoDet's outputs in, boxes in 0..1 of the picture out. Pure. The head is that of Generalized Focal Loss (Li et al.,
// 2020): each side's distance is the mean of a distribution over bins, in units of the stride, from the cell's centre.
import { clampBbox, iou, type Bbox } from '@sam3-fleet/shared/domain/geometry'
import { must } from '@sam3-fleet/shared/errors/fleet-error'
import type { Letterbox } from '../image/rgb-image.ts'
import type { NanodetPart } from '../pack/pack-manifest.ts'
import type { TensorMap } from '../session/inference-session.ts'

/** Candidates that enter suppression; a crowd has dozens, noise at a low threshold has thousands. */
const CANDIDATES_MAX = 1_000
/** Boxes of one frame that are kept at most. */
const KEPT_MAX = 200

export interface RawBox {
  labelIndex: number
  confidence: number
  bbox: Bbox
}

export interface PostprocessOptions {
  part: NanodetPart
  letterbox: Letterbox
  /** Pixels of the input's width. */
  inputWidth: number
  /** Size of the picture before it was fitted. */
  picture: { width: number; height: number }
  minConfidence: number
}

/** Boxes of all classes, surest first, overlapping ones of the same class suppressed. */
export function nanodetBoxes(outputs: TensorMap, options: PostprocessOptions): RawBox[] {
  const candidates = options.part.strides.flatMap((stride) => candidatesOf(outputs, stride, options))
  candidates.sort((a, b) => b.confidence - a.confidence)
  return suppress(candidates.slice(0, CANDIDATES_MAX), options.part.thresholds.nms).slice(0, KEPT_MAX)
}

function candidatesOf(outputs: TensorMap, stride: number, options: PostprocessOptions): RawBox[] {
  const { part, minConfidence, inputWidth } = options
  const scores = floats(outputs, part.outputs.scores, stride)
  const distances = floats(outputs, part.outputs.distances, stride)
  const classes = part.labels.length
  const columns = Math.ceil(inputWidth / stride)
  const boxes: RawBox[] = []
  for (let at = 0; at < scores.length; at++) {
    const confidence = scores[at] as number
    if (confidence < minConfidence) continue
    const cell = Math.floor(at / classes)
    const centreX = ((cell % columns) + 0.5) * stride
    const centreY = (Math.floor(cell / columns) + 0.5) * stride
    const [left, top, right, bottom] = sides(distances, cell, part.distanceBins, stride)
    const bbox = toPicture([centreX - left, centreY - top, centreX + right, centreY + bottom], options)
    if (bbox[2] > 0 && bbox[3] > 0) boxes.push({ labelIndex: at % classes, confidence, bbox })
  }
  return boxes
}

function floats(outputs: TensorMap, pattern: string, stride: number): Float32Array {
  return must(outputs[pattern.replace('{stride}', String(stride))], `output ${pattern} of stride ${stride}`)
    .data as Float32Array
}

/** Distances from the centre to left, top, right and bottom in input pixels. */
function sides(
  distances: Float32Array,
  cell: number,
  bins: number,
  stride: number,
): [number, number, number, number] {
  const side = (n: number): number => expectation(distances, (cell * 4 + n) * bins, bins) * stride
  return [side(0), side(1), side(2), side(3)]
}

/** Mean of the softmax distribution over `bins` logits. */
function expectation(logits: Float32Array, start: number, bins: number): number {
  let highest = -Infinity
  for (let bin = 0; bin < bins; bin++) highest = Math.max(highest, logits[start + bin] as number)
  let weights = 0
  let sum = 0
  for (let bin = 0; bin < bins; bin++) {
    const weight = Math.exp((logits[start + bin] as number) - highest)
    weights += weight
    sum += weight * bin
  }
  return sum / weights
}

function toPicture(
  [x1, y1, x2, y2]: [number, number, number, number],
  { letterbox, picture }: PostprocessOptions,
): Bbox {
  const x = (value: number): number => (value - letterbox.padX) / letterbox.scale / picture.width
  const y = (value: number): number => (value - letterbox.padY) / letterbox.scale / picture.height
  return clampBbox([x(x1), y(y1), x(x2) - x(x1), y(y2) - y(y1)])
}

/** Greedy non-maximum suppression per class; `sorted` is surest first. */
function suppress(sorted: RawBox[], maxOverlap: number): RawBox[] {
  const kept: RawBox[] = []
  for (const box of sorted) {
    const hidden = kept.some(
      (other) => other.labelIndex === box.labelIndex && iou(other.bbox, box.bbox) > maxOverlap,
    )
    if (!hidden) kept.push(box)
  }
  return kept
}
