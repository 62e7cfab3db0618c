// devices.*: who is in the fleet and how each one is.
import { deviceImageSchema, previewInputSchema } from '@sam3-fleet/shared/fleet/device-preview'
import {
  deviceDetailSchema,
  deviceRefSchema,
  devicesListInputSchema,
  devicesListOutputSchema,
} from '@sam3-fleet/shared/fleet/device-view'
import { procedure, router } from './trpc.ts'

export const devicesRouter = router({
  list: procedure
    .meta({ policy: 'viewer', summary: 'Devices by name, with their state in one word.' })
    .input(devicesListInputSchema)
    .output(devicesListOutputSchema)
    .query(({ ctx, input }) => ctx.services.fleet.list(ctx.principal.tenantId, input)),

  byId: procedure
    .meta({ policy: 'viewer', summary: 'One device with its last status, epochs, pack and spaces.' })
    .input(deviceRefSchema)
    .output(deviceDetailSchema)
    .query(({ ctx, input }) => ctx.services.fleet.byId(ctx.principal.tenantId, input.deviceId)),

  preview: procedure
    .meta({ policy: 'viewer', summary: 'A present picture of a source, asked of the device.' })
    .input(previewInputSchema)
    .output(deviceImageSchema)
    .query(({ ctx, input, signal }) => ctx.services.devices.preview(ctx.principal.tenantId, input, signal)),
})
