// sources.*: cameras, streams, folders and files of one device.
import {
  sourcesListOutputSchema,
  sourcesRemoveInputSchema,
  sourcesRemoveOutputSchema,
  sourcesUpsertInputSchema,
  sourcesUpsertOutputSchema,
} from '@sam3-fleet/shared/fleet/device-sources'
import { deviceRefSchema } from '@sam3-fleet/shared/fleet/device-view'
import { procedure, router } from './trpc.ts'

export const sourcesRouter = router({
  list: procedure
    .meta({ policy: 'viewer', summary: 'Sources of a device; its synced copy with its age when offline.' })
    .input(deviceRefSchema)
    .output(sourcesListOutputSchema)
    .query(({ ctx, input, signal }) =>
      ctx.services.devices.listSources(ctx.principal.tenantId, input.deviceId, signal),
    ),

  upsert: procedure
    .meta({ policy: 'operator', summary: 'Adds a source, or changes the one with the given id.' })
    .input(sourcesUpsertInputSchema)
    .output(sourcesUpsertOutputSchema)
    .mutation(({ ctx, input, signal }) =>
      ctx.services.devices.upsertSource(ctx.principal.tenantId, input, signal),
    ),

  remove: procedure
    .meta({ policy: 'operator', summary: 'Removes a source; what was seen on it stays.' })
    .input(sourcesRemoveInputSchema)
    .output(sourcesRemoveOutputSchema)
    .mutation(({ ctx, input, signal }) =>
      ctx.services.devices.removeSource(ctx.principal.tenantId, input, signal),
    ),
})
