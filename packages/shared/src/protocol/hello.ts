// up/hello: first message of every connection; says where the device's outbox stands (rules A1, A2, A8).
import { z } from 'zod'
import { embeddingSpaceSchema } from '../domain/embedding-space.ts'
import { deviceIdSchema, epochSchema, sha256Schema } from '../domain/identity.ts'

export const helloSchema = z.object({
  v: z.number().int(),
  helloId: z.uuid(),
  deviceId: deviceIdSchema,
  name: z.string().min(1).max(100),
  bootId: z.uuid(),
  agentVersion: z.string().max(40),
  epoch: epochSchema,
  /** Highest seq issued in this epoch; 0 before the first. */
  maxSeq: z.number().int().nonnegative(),
  /** Lowest seq that the device can still send; maxSeq + 1 when all are purged. */
  minSeq: z.number().int().positive(),
  /** What the device last stored of the centre's acks; the hash is the content hash of entry `hwm`. */
  lastAck: z
    .object({ incarnation: z.uuid(), hwm: z.number().int().nonnegative(), hash: sha256Schema.nullable() })
    .nullable(),
  pack: z.object({
    id: z.string().max(80),
    version: z.string().max(40),
    labels: z.array(z.string().max(80)).max(2000),
  }),
  spaces: z.array(embeddingSpaceSchema).max(16),
})
export type Hello = z.infer<typeof helloSchema>
