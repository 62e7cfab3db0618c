// spaces.list: the embedding spaces that live in the fleet and which questions each can answer.
import { z } from 'zod'
import { embeddingSpaceSchema } from '../domain/embedding-space.ts'

export const spaceViewSchema = embeddingSpaceSchema.extend({
  sightings: z.number().int().nonnegative(),
  /** Distinct vectors: equal descriptions share one. */
  vectors: z.number().int().nonnegative(),
  devices: z.number().int().nonnegative(),
  /** Whether the centre can turn words or pictures into vectors of this space. */
  asks: z.object({ text: z.boolean(), image: z.boolean() }),
})
export type SpaceView = z.infer<typeof spaceViewSchema>
export const spacesListOutputSchema = z.object({ spaces: z.array(spaceViewSchema) })
export type SpacesListOutput = z.infer<typeof spacesListOutputSchema>
