// One picture with what to find in it. Points and boxes are JSON inside a form field, in pixels of the picture.
import { z } from 'zod'
import { bboxSchema, rleMaskSchema } from '@sam3-fleet/shared/domain/geometry'
import { interpretationSchema } from '@sam3-fleet/shared/domain/job'
import { colourShareSchema } from '@sam3-fleet/shared/domain/sighting'

const HINTS_MAX = 100

const json = <T extends z.ZodType>(schema: T, example: string) =>
  z
    .string()
    .meta({ description: `JSON, for example ${example}` })
    .transform((text, context): z.infer<T> => {
      try {
        return schema.parse(JSON.parse(text)) as z.infer<T>
      } catch {
        context.addIssue({ code: 'custom', message: `not the documented JSON, for example ${example}` })
        return z.NEVER
      }
    })
const pixel = z.number().min(0)

export const segmentFieldsSchema = z.object({
  points: json(z.array(z.tuple([pixel, pixel])).max(HINTS_MAX), '[[512,512]]').optional(),
  labels: json(z.array(z.union([z.literal(0), z.literal(1)])).max(HINTS_MAX), '[1]').optional(),
  boxes: json(z.array(z.tuple([pixel, pixel, pixel, pixel])).max(HINTS_MAX), '[[10,20,110,220]]').optional(),
  text: z.string().trim().min(1).max(400).optional(),
  confidence_threshold: z.coerce.number().min(0).max(1).optional(),
})

export const segmentQuerySchema = z.object({ format: z.enum(['json', 'image']).default('json') })

export const segmentAnswerSchema = z.object({
  width: z
    .number()
    .int()
    .meta({ description: 'Of the masks; a larger picture is worked on at 1920 pixels on its longer side' }),
  height: z.number().int(),
  method: z.enum(['detector', 'classical', 'model']).meta({
    description:
      'How it was found: boxes of the detector; masks from points and boxes by a classical method; masks from text, points and boxes by the model',
  }),
  interpretation: interpretationSchema.nullable(),
  objects: z.array(
    z.object({
      label: z.string(),
      confidence: z.number(),
      bbox: bboxSchema,
      mask: rleMaskSchema.nullable(),
      colours: z.array(colourShareSchema),
    }),
  ),
})
