// What a device says of itself every few seconds: enough for the fleet, device and sync pages.
import { z } from 'zod'
import { sourceStateSchema } from '../domain/source.ts'
import { jobStatusSchema } from '../domain/job.ts'
import { unixMsSchema } from '../domain/identity.ts'

export const syncCountersSchema = z.object({
  maxSeq: z.number().int().nonnegative(),
  ackedHwm: z.number().int().nonnegative(),
  backlogEntries: z.number().int().nonnegative(),
  backlogBytes: z.number().int().nonnegative(),
  inFlightBatches: z.number().int().nonnegative(),
  sentEntries: z.number().int().nonnegative(),
  sentBytes: z.number().int().nonnegative(),
  resentBatches: z.number().int().nonnegative(),
  reconnects: z.number().int().nonnegative(),
  /** Acked only process_safe and therefore still held. */
  heldBytes: z.number().int().nonnegative(),
  lastError: z.string().max(300).nullable(),
  oldestUnackedMs: unixMsSchema.nullable(),
})
export type SyncCounters = z.infer<typeof syncCountersSchema>

export const deviceStatusSchema = z.object({
  wallMs: unixMsSchema,
  uptimeS: z.number().nonnegative(),
  sync: syncCountersSchema,
  sources: z
    .array(
      z.object({
        id: z.uuid(),
        state: sourceStateSchema,
        stateDetail: z.string().max(400),
        fps: z.number().nonnegative(),
        lastFrameMs: unixMsSchema.nullable(),
      }),
    )
    .max(256),
  jobs: z
    .array(z.object({ id: z.uuid(), status: jobStatusSchema, progress: z.number().min(0).max(1) }))
    .max(32),
  totals: z.object({ detections: z.number().int(), sightings: z.number().int(), vectors: z.number().int() }),
  pipeline: z.object({ framesPerS: z.number(), detectMsP50: z.number(), framesDropped: z.number().int() }),
  disk: z.object({ usedBytes: z.number(), freeBytes: z.number(), paused: z.boolean() }),
  temperatureC: z.number().nullable(),
  /** Things a person should know, one sentence each. */
  warnings: z.array(z.string().max(300)).max(16),
})
export type DeviceStatus = z.infer<typeof deviceStatusSchema>
