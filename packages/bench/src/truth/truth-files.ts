// The hand-made labels of eval/, parsed once. What each field means stands in eval/README.md.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** `[x, y, w, h]` in pixels of the clip's own frames. */
const pixelBoxSchema = z.tuple([z.number(), z.number(), z.number(), z.number()])

const labelledBoxSchema = z.object({
  box: pixelBoxSchema,
  label: z.string().default('person'),
  /** Of one person over all labelled frames; null where only boxes were labelled. */
  personId: z.string().nullable().default(null),
  /** Part that something else hides, roughly. */
  occluded: z.number().min(0).max(1).default(0),
  /** Unclear: counts neither as found nor as missed. */
  ignore: z.boolean().default(false),
  /** Kinds that another person might as well say. */
  also: z.array(z.string()).optional(),
})
export type LabelledBox = z.infer<typeof labelledBoxSchema>

export const halfSchema = z.enum(['tune', 'test'])
export type Half = z.infer<typeof halfSchema>

const labelledFrameSchema = z.object({
  frameIdx: z.number().int().nonnegative(),
  half: halfSchema,
  boxes: z.array(labelledBoxSchema),
  /** Kinds of which the background holds more than is marked. */
  crowd: z.array(z.string()).optional(),
})
export type LabelledFrame = z.infer<typeof labelledFrameSchema>

export const clipTruthSchema = z.object({
  clip: z.string(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  frames: z.array(labelledFrameSchema).min(1),
})
export type ClipTruth = z.infer<typeof clipTruthSchema>

export async function readClipTruth(evalDir: string, name: string): Promise<ClipTruth> {
  return clipTruthSchema.parse(JSON.parse(await readFile(join(evalDir, name), 'utf8')))
}

/** The labelled photos, each as a clip with one frame. */
export async function readPhotoTruths(evalDir: string): Promise<ClipTruth[]> {
  const text = await readFile(join(evalDir, 'clips/photos.json'), 'utf8')
  return z.object({ photos: z.array(clipTruthSchema).min(1) }).parse(JSON.parse(text)).photos
}
