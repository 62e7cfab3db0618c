// An embedding space names everything that must be equal before two vectors may be compared.
import { z } from 'zod'

export const embeddingSpaceSchema = z.object({
  /** Stable id, e.g. `minilm-l6-v2-int8@1`; changes when model, version or preprocessing changes. */
  spaceId: z.string().regex(/^[a-z0-9][a-z0-9._@-]{2,79}$/),
  model: z.string(),
  version: z.string(),
  dimension: z.number().int().min(1).max(4096),
  metric: z.literal('cosine'),
  preprocessing: z.string(),
  /** Whether two equal vectors say "the same individual" or only "the same description". */
  identity: z.enum(['none', 'appearance']),
})
export type EmbeddingSpace = z.infer<typeof embeddingSpaceSchema>
