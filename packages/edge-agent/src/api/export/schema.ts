// Pages of detections: which format, from where on, how many; or all that the centre lacks, as one file.
import { z } from 'zod'

const PAGE_DEFAULT = 1_000
const PAGE_MAX = 10_000

export const PAGE_FORMATS = ['ndjson', 'csv', 'coco', 'parquet'] as const
export type PageFormat = (typeof PAGE_FORMATS)[number]

export const exportQuerySchema = z.object({
  format: z
    .enum([...PAGE_FORMATS, 'fleet'])
    .default('ndjson')
    .meta({ description: 'fleet: all that the centre does not have yet, as one file for `fleet import`' }),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'a cursor of an earlier page')
    .default('0')
    .meta({ description: 'X-Next-Cursor of the page before' }),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
})
