// What is known of a growing sighting, in a form that can be kept and read back; its picture is kept beside it.
import { z } from 'zod'
import { keptBboxSchema } from '@sam3-fleet/models/detect/kept-object'
import { colourShareSchema } from '@sam3-fleet/shared/domain/sighting'

/** Entries in the order in which they came: a tie is decided by it. */
const weightsSchema = z.array(z.tuple([z.string(), z.number()]))

export const growingStateSchema = z.object({
  version: z.number().int(),
  textPrompt: z.string().nullable(),
  versionedAtMs: z.number(),
  count: z.number().int(),
  /** Confidences, the surest first. */
  surest: z.array(z.number()),
  trackCount: z.number().int(),
  lastTrackId: z.number().int(),
  firstSeenMs: z.number(),
  lastSeenMs: z.number(),
  exemplar: z.object({
    detectionId: z.number().int(),
    frameIdx: z.number().int(),
    confidence: z.number(),
    bbox: keptBboxSchema,
    plain: z.number(),
    fineness: z.number(),
    colours: z.array(colourShareSchema),
    hasPicture: z.boolean(),
  }),
  labelVotes: weightsSchema,
  colourWeights: weightsSchema,
  colourTotal: z.number(),
  looks: z.number().int(),
  besideCounts: weightsSchema,
  /** Five numbers a box: time, x, y, width, height. */
  path: z.array(z.number()),
})
export type GrowingState = z.infer<typeof growingStateSchema>
