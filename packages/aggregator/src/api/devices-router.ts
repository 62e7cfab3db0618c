// devices.*: who is in the fleet and how each one is.
import { enrolTokenInputSchema, enrolTokenOutputSchema } from '@sam3-fleet/shared/fleet/device-enrolment'
import { deviceImageSchema, previewInputSchema } from '@sam3-fleet/shared/fleet/device-preview'
import { revokeInputSchema, revokeOutputSchema } from '@sam3-fleet/shared/fleet/device-revocation'
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

  enrolToken: procedure
    .meta({ policy: 'admin', summary: 'A token with which one new device enrols, once and within the hour.' })
    .input(enrolTokenInputSchema)
    .output(enrolTokenOutputSchema)
    .mutation(({ ctx, input }) => ctx.services.enrolTokens.create(ctx.principal.tenantId, input)),

  revoke: procedure
    .meta({ policy: 'admin', summary: 'Takes the rights of a device away and ends its connection.' })
    .input(revokeInputSchema)
    .output(revokeOutputSchema)
    .mutation(({ ctx, input }) => ctx.services.revocation.revoke(ctx.principal.tenantId, input.deviceId)),
})
