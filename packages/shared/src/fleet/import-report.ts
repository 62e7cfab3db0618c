// POST /api/v1/import: what the centre says while it reads a device's file of batches, one JSON object a line. Every
// line holds the whole account so far; the last is of kind `end`, and without it the answer broke off.
import { z } from 'zod'
import { deviceIdSchema, epochSchema } from '../domain/identity.ts'
import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts'
import { durabilitySchema } from '../protocol/ack.ts'

export const IMPORT_ANSWER_TYPE = 'application/x-ndjson'

const count = z.number().int().nonnegative()

export const importReportSchema = z.object({
  deviceId: deviceIdSchema,
  epoch: epochSchema,
  /** Bytes of the batches read so far. */
  bytes: count,
  /** Batches that were taken. */
  batches: count,
  /** Batches that were not: damaged, or of another device or epoch than the file. */
  damagedBatches: count,
  /** Entries that the centre did not have before and has now. */
  newEntries: count,
  /** Entries that it had already: from the network or an earlier import. */
  knownEntries: count,
  /** Entries that can never be applied; they stand in quarantine with their reason. */
  setAsideEntries: count,
  /** Entries whose vector or crop is in no batch that was taken; the device sends them again by itself. */
  waitingEntries: count,
  /** The mark of the device before the first batch and after the last: all entries up to it are settled. */
  hwmBefore: count,
  hwm: count,
  /** What the centre's commits survive. */
  durability: durabilitySchema,
})
export type ImportReport = z.infer<typeof importReportSchema>

const errorSchema = z.object({
  code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  hint: z.string(),
})

export const importLineSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), report: importReportSchema }),
  /** `error`: why not everything of the file is in the centre; what the report counts is, and stays. */
  z.object({
    kind: z.literal('end'),
    report: importReportSchema.nullable().meta({ description: 'null: the file held nothing' }),
    error: errorSchema.nullable(),
  }),
])
export type ImportLine = z.infer<typeof importLineSchema>
