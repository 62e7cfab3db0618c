// sightings.*: one sighting in full, others like it, its picture from the device, and its joins taken back there.
import { deviceImageSchema, frameInputSchema } from '@sam3-fleet/shared/fleet/device-preview'
import { splitInputSchema, splitOutputSchema } from '@sam3-fleet/shared/fleet/sighting-split'
import { findOutputSchema } from '@sam3-fleet/shared/search/find'
import {
  sightingDetailSchema,
  sightingRefSchema,
  similarInputSchema,
} from '@sam3-fleet/shared/search/sighting-detail'
import { procedure, router } from './trpc.ts'

export const sightingsRouter = router({
  byId: procedure
    .meta({ policy: 'viewer', summary: 'Everything the centre knows of one sighting.' })
    .input(sightingRefSchema)
    .output(sightingDetailSchema)
    .query(({ ctx, input }) => ctx.services.sightings.byId(ctx.principal.tenantId, input)),

  similar: procedure
    .meta({ policy: 'viewer', summary: 'Sightings nearest to this one in its embedding space.' })
    .input(similarInputSchema)
    .output(findOutputSchema)
    .query(({ ctx, input: { deviceId, sightingId, ...rest }, signal }) =>
      ctx.services.search.find(
        ctx.principal.tenantId,
        { ...rest, similarTo: { deviceId, sightingId } },
        signal,
      ),
    ),

  frame: procedure
    .meta({ policy: 'viewer', summary: 'The frame or crop of a sighting, asked of its device.' })
    .input(frameInputSchema)
    .output(deviceImageSchema)
    .query(({ ctx, input, signal }) => ctx.services.devices.frame(ctx.principal.tenantId, input, signal)),

  split: procedure
    .meta({ policy: 'operator', summary: 'Takes joins of a sighting back, on its device.' })
    .input(splitInputSchema)
    .output(splitOutputSchema)
    .mutation(({ ctx, input, signal }) =>
      ctx.services.devices.splitSighting(ctx.principal.tenantId, input, signal),
    ),
})
