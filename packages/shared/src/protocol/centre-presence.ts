// centre/presence (retained, also the last will): whether the centre listens, and which start and connection of it does.
// A device that hears a new one says hello at once; it loses nothing but time when it never hears any.
import { z } from 'zod'

export const centrePresenceSchema = z.object({
  v: z.number().int(),
  state: z.enum(['online', 'offline']),
  /** New with every start of the centre's process. */
  startId: z.uuid(),
  /** Counts the connections of one start: what devices sent between two of them may be lost. */
  connection: z.number().int().nonnegative(),
})
export type CentrePresence = z.infer<typeof centrePresenceSchema>
