// jobs.*: an uploaded video worked through on a device.
import {
  deviceJobSchema,
  jobsCancelInputSchema,
  jobsCreateInputSchema,
  jobsListInputSchema,
  jobsListOutputSchema,
} from '@sam3-fleet/shared/fleet/device-jobs'
import { procedure, router } from './trpc.ts'

export const jobsRouter = router({
  create: procedure
    .meta({ policy: 'operator', summary: 'Gives an upload to its device to work through.' })
    .input(jobsCreateInputSchema)
    .output(deviceJobSchema)
    .mutation(({ ctx, input, signal }) =>
      ctx.services.devices.createJob(ctx.principal.tenantId, input, signal),
    ),

  list: procedure
    .meta({ policy: 'viewer', summary: 'Jobs of one device, or of all that are online, newest first.' })
    .input(jobsListInputSchema)
    .output(jobsListOutputSchema)
    .query(({ ctx, input, signal }) => ctx.services.devices.listJobs(ctx.principal.tenantId, input, signal)),

  cancel: procedure
    .meta({ policy: 'operator', summary: 'Cancels a job on its device.' })
    .input(jobsCancelInputSchema)
    .output(deviceJobSchema)
    .mutation(({ ctx, input, signal }) =>
      ctx.services.devices.cancelJob(ctx.principal.tenantId, input, signal),
    ),
})
