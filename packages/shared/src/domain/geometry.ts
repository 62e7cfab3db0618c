// Boxes and masks as contracts.md settles them: what leaves the product is [x, y, w, h] in 0..1, origin top left.
import { z } from 'zod'

const unit = z.number().min(0).max(1)

/** `[x, y, w, h]` in 0..1 of the frame after rotation metadata. */
export const bboxSchema = z.tuple([unit, unit, unit, unit])
export type Bbox = z.infer<typeof bboxSchema>

/** COCO run-length mask; `size` is [height, width] as COCO has it. */
export const rleMaskSchema = z.object({
  size: z.tuple([z.number().int().positive(), z.number().int().positive()]),
  counts: z.string(),
})
export type RleMask = z.infer<typeof rleMaskSchema>

/** Overlap of two boxes: intersection over union in 0..1; 0 when either has no area. */
export function iou(a: Bbox, b: Bbox): number {
  const left = Math.max(a[0], b[0])
  const top = Math.max(a[1], b[1])
  const right = Math.min(a[0] + a[2], b[0] + b[2])
  const bottom = Math.min(a[1] + a[3], b[1] + b[3])
  const intersection = Math.max(0, right - left) * Math.max(0, bottom - top)
  const union = a[2] * a[3] + b[2] * b[3] - intersection
  return union > 0 ? intersection / union : 0
}

/** Cuts a box to the frame; a detector may reach over the edge. */
export function clampBbox([x, y, w, h]: Bbox): Bbox {
  const left = Math.min(1, Math.max(0, x))
  const top = Math.min(1, Math.max(0, y))
  return [left, top, Math.min(1, Math.max(left, x + w)) - left, Math.min(1, Math.max(top, y + h)) - top]
}
