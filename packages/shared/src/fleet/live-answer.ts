// Whether a device that was asked live answered: the same words in coverage, jobs and sources.
import { z } from 'zod'
import { deviceIdSchema } from '../domain/identity.ts'

export const liveOutcomeSchema = z.enum(['answered', 'late', 'refused', 'offline'])
export type LiveOutcome = z.infer<typeof liveOutcomeSchema>

export const askedDeviceSchema = z.object({
  deviceId: deviceIdSchema,
  deviceName: z.string(),
  outcome: liveOutcomeSchema,
})
export type AskedDevice = z.infer<typeof askedDeviceSchema>
