// presence (retained, also the last will): whether the device's connection is up. Retained; at QoS 1.
import { z } from 'zod'
import { deviceIdSchema } from '../domain/identity.ts'

export const presenceSchema = z.object({
  v: z.number().int(),
  deviceId: deviceIdSchema,
  state: z.enum(['online', 'offline']),
  /** Ties a will to the connection that set it: a late will of an older connection changes nothing. */
  bootId: z.uuid(),
  connection: z.number().int().nonnegative(),
})
export type Presence = z.infer<typeof presenceSchema>
