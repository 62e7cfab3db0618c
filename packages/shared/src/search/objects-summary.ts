// objects.summary and objects.timeline: how many of what was seen, under the same filters as a search.
import { z } from 'zod'
import { searchFiltersSchema } from './filters.ts'

export const TIMELINE_BUCKETS_MAX = 240

export const summaryInputSchema = z
  .object({
    groupBy: z.enum(['label', 'colour', 'device', 'source']).default('label'),
    filters: searchFiltersSchema.default({}),
    limit: z.number().int().min(1).max(500).default(100),
  })
  .default({ groupBy: 'label', filters: {}, limit: 100 })
export type SummaryInput = z.infer<typeof summaryInputSchema>

export const summaryOutputSchema = z.object({
  /** Most sightings first. A sighting with two colours counts in both colour groups. */
  groups: z.array(
    z.object({
      /** Label, colour name, device id or source id. */
      key: z.string(),
      /** What people read: the device's or source's name, else the key. */
      name: z.string(),
      sightings: z.number().int(),
      detections: z.number().int(),
      firstSeen: z.iso.datetime(),
      lastSeen: z.iso.datetime(),
    }),
  ),
  total: z.object({ sightings: z.number().int(), detections: z.number().int() }),
})
export type SummaryOutput = z.infer<typeof summaryOutputSchema>

export const timelineInputSchema = z
  .object({
    filters: searchFiltersSchema.default({}),
    buckets: z.number().int().min(1).max(TIMELINE_BUCKETS_MAX).default(60),
  })
  .default({ filters: {}, buckets: 60 })
export type TimelineInput = z.infer<typeof timelineInputSchema>

export const timelineOutputSchema = z.object({
  /** Bounds of the whole line: the filter's where given, else first and last sighting; null when there is none. */
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime().nullable(),
  bucketMs: z.number().int().positive(),
  /** Only buckets that hold something, in order of time; a sighting counts where it was last seen. */
  buckets: z.array(z.object({ from: z.iso.datetime(), sightings: z.number().int() })),
})
export type TimelineOutput = z.infer<typeof timelineOutputSchema>
