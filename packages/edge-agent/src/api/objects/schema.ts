// What was seen, counted in groups.
import { z } from 'zod'

export const objectsQuerySchema = z.object({
  group_by: z.enum(['label', 'colour', 'source', 'prompt']).default('label'),
})

export const objectsAnswerSchema = z.object({
  objects: z.array(
    z.object({
      label: z.string().meta({ description: 'Label, main colour, source or prompt, as grouped' }),
      count: z.number().int().meta({ description: 'Detections' }),
      sightings: z.number().int(),
      avg_confidence: z.number(),
    }),
  ),
})
