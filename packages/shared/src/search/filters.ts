// Filters of a search; they apply inside the nearest-neighbour search, never after a fixed top k.
import { z } from 'zod'
import { deviceIdSchema } from '../domain/identity.ts'

export const searchFiltersSchema = z.object({
  devices: z.array(deviceIdSchema).max(10_000).optional(),
  sources: z.array(z.uuid()).max(1_000).optional(),
  labels: z.array(z.string().max(80)).max(200).optional(),
  /** ISO 8601 with zone; a sighting matches when it overlaps [from, to]. */
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  minConfidence: z.number().min(0).max(1).optional(),
})
export type SearchFilters = z.infer<typeof searchFiltersSchema>
