// down/welcome: the centre's answer to a hello; without it the device sends no batch.
import { z } from 'zod'
import { deviceIdSchema, epochSchema } from '../domain/identity.ts'

export const welcomeSchema = z.object({
  v: z.number().int(),
  helloId: z.uuid(),
  deviceId: deviceIdSchema,
  epoch: epochSchema,
  /**
   * `resume`: send from hwm + 1. `new_epoch`: the centre knows more of this epoch than the device, or other
   * content: mint an epoch before sending anything (rule A1). `refused`: see reason; do not send.
   */
  action: z.enum(['resume', 'new_epoch', 'refused']),
  reason: z.string().max(200),
  /** Fencing number of this connection; batches with an older one are ignored (rule A3). */
  lease: z.number().int().positive(),
  /** Random id of the centre's database; new after any restore (rule A8). */
  incarnation: z.uuid(),
  hwm: z.number().int().nonnegative(),
  ranges: z.array(z.tuple([z.number().int(), z.number().int()])),
  creditBytes: z.number().int().nonnegative(),
})
export type Welcome = z.infer<typeof welcomeSchema>
