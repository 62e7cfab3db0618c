// search.find and search.stream: questions to the whole fleet.
import { findInputSchema, findOutputSchema, streamEventSchema } from '@sam3-fleet/shared/search/find'
import { procedure, router } from './trpc.ts'

export const searchRouter = router({
  find: procedure
    .meta({
      policy: 'viewer',
      summary: 'Ask the fleet; the answer says how complete it is for every device in scope.',
    })
    .input(findInputSchema)
    .output(findOutputSchema)
    .query(({ ctx, input, signal }) => ctx.services.search.find(ctx.principal.tenantId, input, signal)),

  stream: procedure
    .meta({
      policy: 'viewer',
      summary: 'The same question; the centre answers first, then each device that is asked live.',
      event: streamEventSchema,
    })
    .input(findInputSchema)
    .subscription(async function* ({ ctx, input, signal }) {
      yield* ctx.services.search.stream(ctx.principal.tenantId, input, signal)
    }),
})
