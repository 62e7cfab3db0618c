// A detected object in a form that can be kept and read back: every number as exact as it was computed.
import { z } from 'zod'
import { rleMaskSchema } from '@sam3-fleet/shared/domain/geometry'
import { colourShareSchema } from '@sam3-fleet/shared/domain/sighting'

/** Not held to 0..1 here: what a stage computed is taken back as it was. */
export const keptBboxSchema = z.tuple([z.number(), z.number(), z.number(), z.number()])

export const keptObjectSchema = z.object({
  label: z.string(),
  confidence: z.number(),
  bbox: keptBboxSchema,
  mask: rleMaskSchema.nullable(),
  colours: z.array(colourShareSchema),
})
