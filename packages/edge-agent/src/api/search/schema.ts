// A question in words with its filters; the answer says how the words were understood.
import { z } from 'zod'
import { interpretationSchema } from '@sam3-fleet/shared/domain/job'
import { SEARCH_LIMIT_DEFAULT, SEARCH_LIMIT_MAX } from '@sam3-fleet/shared/search/find'
import { sightingSchema } from '../sightings/schema.ts'

/** `label=car&label=bus` and `label=car,bus` alike. */
const list = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : value.split(',')))

export const searchQuerySchema = z.object({
  q: z.string().trim().min(1).max(400).optional().meta({ description: 'Absent: the newest come first' }),
  limit: z.coerce.number().int().min(1).max(SEARCH_LIMIT_MAX).default(SEARCH_LIMIT_DEFAULT),
  source: list.optional(),
  label: list.optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  min_confidence: z.coerce.number().min(0).max(1).optional(),
})

export const searchAnswerSchema = z.object({
  query: z.string().nullable(),
  interpretation: interpretationSchema.nullable(),
  results: z.array(sightingSchema),
})
