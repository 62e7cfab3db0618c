// sync.*: how far the centre's copy follows the devices, now and as it changes.
import {
  quarantineInputSchema,
  quarantineOutputSchema,
  syncStatusInputSchema,
  syncStatusSchema,
} from '@sam3-fleet/shared/fleet/sync-view'
import { procedure, router } from './trpc.ts'

export const syncRouter = router({
  status: procedure
    .meta({ policy: 'viewer', summary: 'Sync state of every device, those in trouble first.' })
    .input(syncStatusInputSchema)
    .output(syncStatusSchema)
    .query(({ ctx, input }) => ctx.services.sync.status(ctx.principal.tenantId, input)),

  watch: procedure
    .meta({
      policy: 'viewer',
      summary: 'The same, at once and then on every change, at least every two seconds.',
      event: syncStatusSchema,
    })
    .input(syncStatusInputSchema)
    .subscription(async function* ({ ctx, input, signal }) {
      yield* ctx.services.sync.watch(ctx.principal.tenantId, input, signal)
    }),

  quarantine: procedure
    .meta({ policy: 'viewer', summary: 'Entries that could never be applied, with the reasons.' })
    .input(quarantineInputSchema)
    .output(quarantineOutputSchema)
    .query(({ ctx, input }) => ctx.services.sync.quarantine(ctx.principal.tenantId, input)),
})
