// search.find: what may be asked of the fleet and what is answered, with how complete the answer is.
import { z } from 'zod'
import { bboxSchema } from '../domain/geometry.ts'
import { deviceIdSchema, idSchema, sha256Schema } from '../domain/identity.ts'
import { interpretationSchema } from '../domain/job.ts'
import { sightingAttributesSchema } from '../domain/sighting.ts'
import { bandSchema } from './band.ts'
import { searchFiltersSchema } from './filters.ts'

/** Results on one page at most; the console loads more by cursor. */
export const SEARCH_LIMIT_MAX = 200
export const SEARCH_LIMIT_DEFAULT = 50
/** A cursor holds one place per embedding space besides its own. */
export const CURSOR_MAX_CHARS = 2_000

export const findInputSchema = z
  .object({
    q: z.string().trim().min(1).max(400).optional(),
    /** A picture to look for, base64; only spaces with an image encoder can answer. */
    image: z.string().max(2_000_000).optional(),
    similarTo: z.object({ deviceId: deviceIdSchema, sightingId: idSchema }).optional(),
    limit: z.number().int().min(1).max(SEARCH_LIMIT_MAX).default(SEARCH_LIMIT_DEFAULT),
    cursor: z.string().max(CURSOR_MAX_CHARS).optional(),
    filters: searchFiltersSchema.default({}),
  })
  .refine(
    (input) => [input.q, input.image, input.similarTo].filter((part) => part !== undefined).length <= 1,
    {
      message: 'give at most one of q, image and similarTo',
    },
  )
export type FindInput = z.infer<typeof findInputSchema>

export const mediaRefSchema = z.object({
  sha256: sha256Schema,
  /** Path on the centre and, unchanged, on the console's own origin. */
  path: z.string(),
  state: z.enum(['ready', 'pending']),
})

export const findResultSchema = z.object({
  sightingId: idSchema,
  deviceId: deviceIdSchema,
  deviceName: z.string(),
  sourceId: idSchema,
  sourceName: z.string(),
  videoId: idSchema,
  frameIdx: z.number().int(),
  label: z.string(),
  description: z.string(),
  attributes: sightingAttributesSchema,
  textPrompt: z.string().nullable(),
  confidence: z.number(),
  /** Cosine in the space; null when the question was filters only. */
  similarity: z.number().nullable(),
  /** Null when the question was filters only. */
  band: bandSchema.nullable(),
  bbox: bboxSchema,
  count: z.number().int(),
  firstSeen: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
  state: z.enum(['open', 'closed']),
  media: mediaRefSchema.nullable(),
})
export type FindResult = z.infer<typeof findResultSchema>

/** How complete the answer is for one device that was in scope. */
export const coverageSchema = z.object({
  deviceId: deviceIdSchema,
  deviceName: z.string(),
  /** complete: the centre has all that the device has said it has; behind: not all; offline: and cannot be asked. */
  state: z.enum(['complete', 'behind', 'offline', 'unknown']),
  /** Everything seen up to here is in the answer; null when nothing is known. */
  completeTo: z.iso.datetime().nullable(),
  /** Outbox entries that the centre does not have, as far as the device last said. */
  behind: z.number().int().nonnegative(),
  askedLive: z.boolean(),
  /** pending: asked, and the stream goes on; never in a final answer. */
  answered: z.enum(['not_asked', 'pending', 'answered', 'late', 'refused', 'offline']),
})
export type Coverage = z.infer<typeof coverageSchema>

export const findOutputSchema = z.object({
  results: z.array(findResultSchema),
  coverage: z.array(coverageSchema),
  interpretation: interpretationSchema.nullable(),
  nextCursor: z.string().nullable(),
  /** Milliseconds by part, for the people who ask why it was slow. */
  timing: z.object({ totalMs: z.number(), encodeMs: z.number(), searchMs: z.number(), liveMs: z.number() }),
})
export type FindOutput = z.infer<typeof findOutputSchema>

/** search.stream: the centre's own answer first, then one event per device that answered, then the end. */
export const streamEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('results'),
    from: z.enum(['centre', 'device']),
    deviceId: deviceIdSchema.nullable(),
    output: findOutputSchema,
  }),
  z.object({ type: z.literal('done'), output: findOutputSchema }),
])
export type StreamEvent = z.infer<typeof streamEventSchema>
