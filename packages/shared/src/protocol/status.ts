// up/status: the device's own account of itself (QoS 0; the newest one counts).
import { z } from 'zod'
import { deviceIdSchema, epochSchema } from '../domain/identity.ts'
import { deviceStatusSchema } from '../fleet/device-status.ts'

export const statusMessageSchema = z.object({
  v: z.number().int(),
  deviceId: deviceIdSchema,
  epoch: epochSchema,
  status: deviceStatusSchema,
})
export type StatusMessage = z.infer<typeof statusMessageSchema>
