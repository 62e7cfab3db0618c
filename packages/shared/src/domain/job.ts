// A job: one uploaded or named video worked through once, with progress that survives a restart.
import { z } from 'zod'
import { idSchema, unixMsSchema } from './identity.ts'
import { bodyPartSchema } from './sighting.ts'

export const jobStatusSchema = z.enum(['queued', 'processing', 'completed', 'failed', 'cancelled'])
export type JobStatus = z.infer<typeof jobStatusSchema>

/** How a text prompt was understood: what the pack will look for. */
export const interpretationSchema = z.object({
  prompt: z.string(),
  /**
   * Labels of the detector that the prompt names, best first, with cosine of prompt part and label. `means` is how much
   * of the label's kind: all of it when absent, `some` for nearly all or people of one age or sex ("lady"), `part` for a
   * kind of it that the pack cannot tell from the others ("taxi").
   */
  labels: z.array(
    z.object({ label: z.string(), similarity: z.number(), means: z.enum(['some', 'part']).optional() }),
  ),
  /** Named colours that the prompt asks for; empty when none. */
  colours: z.array(z.string()),
  /** Named colours that it asks not to be there. */
  absentColours: z.array(z.string()).optional(),
  /** Which of these colours which part of a person is to wear. */
  worn: z.array(z.object({ part: bodyPartSchema, colours: z.array(z.string()) })).optional(),
  /** Labels of what is to be with it: carried, ridden, beside it. */
  companions: z.array(z.string()).optional(),
  /** Words that the pack can neither detect nor measure; they only weigh in the text similarity. */
  ignored: z.array(z.string()),
  /** One sentence for a person, e.g. "Watching for car, truck; keeping red". */
  summary: z.string(),
})
export type Interpretation = z.infer<typeof interpretationSchema>

export const jobRecordSchema = z.object({
  id: idSchema,
  videoId: idSchema,
  sourceId: idSchema,
  fileName: z.string(),
  textPrompt: z.string().nullable(),
  interpretation: interpretationSchema.nullable(),
  confidenceThreshold: z.number().min(0).max(1),
  status: jobStatusSchema,
  progress: z.number().min(0).max(1),
  framesDone: z.number().int().nonnegative(),
  detections: z.number().int().nonnegative(),
  sightings: z.number().int().nonnegative(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).nullable(),
  createdAtMs: unixMsSchema,
  updatedAtMs: unixMsSchema,
})
export type JobRecord = z.infer<typeof jobRecordSchema>
