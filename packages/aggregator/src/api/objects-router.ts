// objects.*: how many of what, and when.
import {
  summaryInputSchema,
  summaryOutputSchema,
  timelineInputSchema,
  timelineOutputSchema,
} from '@sam3-fleet/shared/search/objects-summary'
import { procedure, router } from './trpc.ts'

export const objectsRouter = router({
  summary: procedure
    .meta({ policy: 'viewer', summary: 'Sightings and detections by label, colour, device or source.' })
    .input(summaryInputSchema)
    .output(summaryOutputSchema)
    .query(({ ctx, input }) => ctx.services.objects.summary(ctx.principal.tenantId, input)),

  timeline: procedure
    .meta({ policy: 'viewer', summary: 'Sightings over time, in equal buckets.' })
    .input(timelineInputSchema)
    .output(timelineOutputSchema)
    .query(({ ctx, input }) => ctx.services.objects.timeline(ctx.principal.tenantId, input)),
})
