// sightings.*: one sighting in full, others like it, and its picture from the device.
import { deviceImageSchema, frameInputSchema } from '@sam3-fleet/shared/fleet/device-preview'
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
})
