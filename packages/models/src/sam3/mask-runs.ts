// Masks as the network gives them, small and soft, to COCO run lengths of the picture's size: enlarged bilinearly with
// half-pixel centres, cut at a threshold, written down the columns. Pure.
import { packRuns } from '@sam3-fleet/shared/domain/rle-mask'
import type { Bbox, RleMask } from '@sam3-fleet/shared/domain/geometry'

export interface SoftMask {
  /** `height * width` values, row after row. */
  values: Float32Array
  width: number
  height: number
}

export interface MaskSize {
  width: number
  height: number
}

export interface CutMask {
  mask: RleMask
  /** Around what lies inside, in 0..1 of the picture; null when nothing does. */
  bbox: Bbox | null
}

/** What lies above `threshold` is inside. */
export function cutMask(soft: SoftMask, size: MaskSize, threshold: number): CutMask {
  const rows = samplesOf(soft.height, size.height)
  const columns = samplesOf(soft.width, size.width)
  const [firstColumn, lastColumn] = columnsAbove(soft, threshold)
  const runs: number[] = []
  const bounds = { left: Infinity, top: Infinity, right: -1, bottom: -1 }
  const between = new Float32Array(soft.height)
  let inside = false
  /** Pixels down the columns since the value changed last. */
  let run = 0
  for (let x = 0; x < size.width; x++) {
    const near = columns.near[x] as number
    const far = columns.far[x] as number
    if (far < firstColumn || near > lastColumn) {
      if (inside) {
        runs.push(run)
        run = 0
        inside = false
      }
      run += size.height
      continue
    }
    const part = columns.part[x] as number
    for (let row = 0; row < soft.height; row++) {
      const at = row * soft.width
      between[row] = mix(soft.values[at + near] as number, soft.values[at + far] as number, part)
    }
    for (let y = 0; y < size.height; y++) {
      const value = mix(
        between[rows.near[y] as number] as number,
        between[rows.far[y] as number] as number,
        rows.part[y] as number,
      )
      const isInside = value > threshold
      if (isInside !== inside) {
        runs.push(run)
        run = 0
        inside = isInside
      }
      run += 1
      if (!isInside) continue
      if (bounds.left === Infinity) bounds.left = x
      bounds.right = x
      if (y < bounds.top) bounds.top = y
      if (y > bounds.bottom) bounds.bottom = y
    }
  }
  runs.push(run)
  return { mask: { size: [size.height, size.width], counts: packRuns(runs) }, bbox: toBbox(bounds, size) }
}

/** Of probabilities, as the reference enlarges them; logits enlarged first would lie elsewhere at the edges. */
export function toProbabilities(logits: Float32Array): Float32Array {
  const values = new Float32Array(logits.length)
  for (let at = 0; at < logits.length; at++) values[at] = 1 / (1 + Math.exp(-(logits[at] as number)))
  return values
}

function mix(a: number, b: number, part: number): number {
  return a + (b - a) * part
}

/** Columns that hold anything above the threshold: between others nothing can be. */
function columnsAbove({ values, width, height }: SoftMask, threshold: number): [first: number, last: number] {
  let first = width
  let last = -1
  for (let row = 0; row < height; row++) {
    const at = row * width
    for (let column = 0; column < first; column++)
      if ((values[at + column] as number) > threshold) first = column
    for (let column = width - 1; column > last; column--)
      if ((values[at + column] as number) > threshold) last = column
  }
  return [first, last]
}

interface Samples {
  near: Int32Array
  far: Int32Array
  part: Float32Array
}

function samplesOf(from: number, to: number): Samples {
  const samples: Samples = { near: new Int32Array(to), far: new Int32Array(to), part: new Float32Array(to) }
  const scale = from / to
  for (let place = 0; place < to; place++) {
    const exact = Math.max(0, (place + 0.5) * scale - 0.5)
    const near = Math.min(from - 1, Math.trunc(exact))
    samples.near[place] = near
    samples.far[place] = Math.min(from - 1, near + 1)
    samples.part[place] = exact - near
  }
  return samples
}

function toBbox(
  { left, top, right, bottom }: { left: number; top: number; right: number; bottom: number },
  { width, height }: MaskSize,
): Bbox | null {
  if (right < 0) return null
  return [left / width, top / height, (right + 1 - left) / width, (bottom + 1 - top) / height]
}
