// down/ack: what the centre has, derived from its database after commit, never from memory (rules A6, A7).
import { z } from 'zod'
import { deviceIdSchema, epochSchema, sha256Schema } from '../domain/identity.ts'
import { ACK_MAX_RANGES } from './bounds.ts'

export const durabilitySchema = z.enum(['power_safe', 'process_safe'])
export type Durability = z.infer<typeof durabilitySchema>

export const ackSchema = z.object({
  v: z.number().int(),
  deviceId: deviceIdSchema,
  epoch: epochSchema,
  lease: z.number().int().positive(),
  incarnation: z.uuid(),
  /** Batch that caused this ack, to measure the round trip; null when it was sent for another reason. */
  batchId: z.uuid().nullable(),
  /** Largest n such that every entry up to n is applied, set aside or tombstoned. */
  hwm: z.number().int().nonnegative(),
  /** Settled ranges above the mark, ascending, inclusive. */
  ranges: z.array(z.tuple([z.number().int(), z.number().int()])).max(ACK_MAX_RANGES),
  /** Entries set aside because they can never be applied; they count as settled. */
  rejects: z.array(
    z.object({ seq: z.number().int(), code: z.string().max(40), reason: z.string().max(300) }),
  ),
  /** Vectors and crops that entries named but the centre does not hold: send them with those entries again. */
  needVectors: z.array(sha256Schema),
  needBlobs: z.array(sha256Schema),
  durability: durabilitySchema,
  /** Bytes that the device may have in flight; 0 pauses it. */
  creditBytes: z.number().int().nonnegative(),
})
export type Ack = z.infer<typeof ackSchema>
