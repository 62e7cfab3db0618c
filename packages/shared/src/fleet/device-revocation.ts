// devices.revoke: which device loses its rights, and what was done about the connection that it may hold.
import { z } from 'zod'
import { deviceIdSchema } from '../domain/identity.ts'

export const revokeInputSchema = z.object({ deviceId: deviceIdSchema })
export type RevokeInput = z.infer<typeof revokeInputSchema>

export const revokeOutputSchema = z.object({
  deviceId: deviceIdSchema,
  revokedAt: z.iso.datetime(),
  /** False with a broker outside of the centre: take the device's password out of it there, too. */
  connectionEnded: z.boolean(),
})
export type RevokeOutput = z.infer<typeof revokeOutputSchema>
