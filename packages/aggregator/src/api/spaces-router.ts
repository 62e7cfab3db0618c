// spaces.list: the embedding spaces of the fleet.
import { spacesListOutputSchema } from '@sam3-fleet/shared/search/space-view'
import { procedure, router } from './trpc.ts'

export const spacesRouter = router({
  list: procedure
    .meta({ policy: 'viewer', summary: 'Embedding spaces and which questions each can answer.' })
    .output(spacesListOutputSchema)
    .query(({ ctx }) => ctx.services.spaces.list(ctx.principal.tenantId)),
})
