// The form of eval/masks.json: outlines of things as a person drew them, and what somebody would point at.
import { z } from 'zod'

const pointSchema = z.tuple([z.number(), z.number()])

export const labelledMaskSchema = z.strictObject({
  id: z.string(),
  file: z.string(),
  frameIdx: z.number().int().nonnegative(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  half: z.enum(['tune', 'test']),
  label: z.string(),
  /**
   * Corners as COCO writes them, `[x1, y1, x2, y2, ...]`, in pixels of the file's frame; a pixel inside an odd number of
   * polygons is the thing's.
   */
  polygons: z.array(z.array(z.number()).min(6)).min(1),
  /** As somebody drags it around the thing: `[x, y, w, h]`. */
  box: z.tuple([z.number(), z.number(), z.number().positive(), z.number().positive()]),
  /** Where somebody clicks who means the thing. */
  points: z.array(pointSchema).min(1).max(2),
})
export type LabelledMask = z.infer<typeof labelledMaskSchema>

/** The corners one by one. */
export function cornersOf(polygon: readonly number[]): [x: number, y: number][] {
  return Array.from({ length: polygon.length >> 1 }, (_, at) => [
    polygon[2 * at] ?? 0,
    polygon[2 * at + 1] ?? 0,
  ])
}

export const maskFileSchema = z.strictObject({ masks: z.array(labelledMaskSchema).min(1) })
