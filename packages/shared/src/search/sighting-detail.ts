// sightings.byId and sightings.similar: everything the centre knows of one sighting.
import { z } from 'zod'
import { deviceIdSchema, idSchema } from '../domain/identity.ts'
import { sightingSchema } from '../domain/sighting.ts'
import { CURSOR_MAX_CHARS, findResultSchema, SEARCH_LIMIT_DEFAULT, SEARCH_LIMIT_MAX } from './find.ts'
import { searchFiltersSchema } from './filters.ts'

export const sightingRefSchema = z.object({ deviceId: deviceIdSchema, sightingId: idSchema })
export type SightingRef = z.infer<typeof sightingRefSchema>

export const sightingDetailSchema = z.object({
  /** The sighting as lists show it; similarity and band are null here. */
  result: findResultSchema,
  /** The full version as the device stated it. */
  record: sightingSchema,
  /** Detections stay on their device; this says which they are. */
  detections: z.object({
    count: z.number().int(),
    exemplarId: z.number().int(),
    exemplarFrameIdx: z.number().int(),
    firstSeen: z.iso.datetime(),
    lastSeen: z.iso.datetime(),
  }),
  /** The words of the description with the measurement each came from, where the device sent them. */
  words: z.array(z.object({ word: z.string(), from: z.string() })).nullable(),
  /** Where it stands in its device's outbox, and when the centre received it. */
  sync: z.object({ epoch: z.uuid(), seq: z.number().int(), receivedAt: z.iso.datetime() }),
})
export type SightingDetail = z.infer<typeof sightingDetailSchema>

export const similarInputSchema = sightingRefSchema.extend({
  limit: z.number().int().min(1).max(SEARCH_LIMIT_MAX).default(SEARCH_LIMIT_DEFAULT),
  cursor: z.string().max(CURSOR_MAX_CHARS).optional(),
  filters: searchFiltersSchema.default({}),
})
export type SimilarInput = z.infer<typeof similarInputSchema>
