// What the fleet pages show of a device: its state in one word and the figures behind that word.
import { z } from 'zod'
import { embeddingSpaceSchema } from '../domain/embedding-space.ts'
import { deviceIdSchema, epochSchema } from '../domain/identity.ts'
import { deviceStatusSchema } from './device-status.ts'

/** Devices on one page of a list. */
export const DEVICES_LIMIT_MAX = 1_000
export const DEVICES_LIMIT_DEFAULT = 200

/**
 * online: connected and caught up; behind: connected, the centre lacks older entries; stale: connected as far as the
 * broker knows, yet silent; offline: not connected; awaiting: enrolled, never heard of.
 */
export const deviceStateSchema = z.enum(['online', 'behind', 'stale', 'offline', 'awaiting'])
export type DeviceState = z.infer<typeof deviceStateSchema>

export const presenceStateSchema = z.enum(['online', 'offline', 'unknown'])

export const deviceSummarySchema = z.object({
  deviceId: deviceIdSchema,
  name: z.string(),
  state: deviceStateSchema,
  /** One sentence that says why it has this state. */
  stateDetail: z.string(),
  presence: presenceStateSchema,
  /** Milliseconds from the oldest entry that the centre lacks until now; 0 when it lacks none, null when unknown. */
  lagMs: z.number().int().nonnegative().nullable(),
  backlogEntries: z.number().int().nonnegative(),
  /** As the device last said; null before its first status. */
  backlogBytes: z.number().int().nonnegative().nullable(),
  /** Over the last seconds; null until two statuses came. */
  rate: z.object({ entriesPerS: z.number(), bytesPerS: z.number() }).nullable(),
  disk: deviceStatusSchema.shape.disk.nullable(),
  temperatureC: z.number().nullable(),
  pack: z.object({ id: z.string(), version: z.string() }).nullable(),
  agentVersion: z.string().nullable(),
  /** Sightings in the centre's copy. */
  sightings: z.number().int().nonnegative(),
  warnings: z.array(z.string()),
  /** Newest hello, status or change of presence; null while it was never heard of. */
  heardAt: z.iso.datetime().nullable(),
  enrolledAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().nullable(),
})
export type DeviceSummary = z.infer<typeof deviceSummarySchema>

export const devicesListInputSchema = z
  .object({
    /** Part of a name or id. */
    q: z.string().trim().min(1).max(100).optional(),
    limit: z.number().int().min(1).max(DEVICES_LIMIT_MAX).default(DEVICES_LIMIT_DEFAULT),
    cursor: z.string().max(400).optional(),
  })
  .default({ limit: DEVICES_LIMIT_DEFAULT })
export type DevicesListInput = z.infer<typeof devicesListInputSchema>
export const devicesListOutputSchema = z.object({
  devices: z.array(deviceSummarySchema),
  nextCursor: z.string().nullable(),
})
export type DevicesListOutput = z.infer<typeof devicesListOutputSchema>

/** One life of a device's outbox as the centre knows it. */
export const epochViewSchema = z.object({
  epoch: epochSchema,
  hwm: z.number().int().nonnegative(),
  maxSeq: z.number().int().nonnegative(),
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
  closeReason: z.string().nullable(),
})

export const deviceDetailSchema = deviceSummarySchema.extend({
  labels: z.array(z.string()),
  spaces: z.array(embeddingSpaceSchema),
  currentEpoch: epochSchema.nullable(),
  epochs: z.array(epochViewSchema),
  /** The device's whole last account of itself. */
  status: deviceStatusSchema.nullable(),
  statusAt: z.iso.datetime().nullable(),
  quarantined: z.number().int().nonnegative(),
  lostEntries: z.number().int().nonnegative(),
  incidents: z.number().int().nonnegative(),
})
export type DeviceDetail = z.infer<typeof deviceDetailSchema>

export const deviceRefSchema = z.object({ deviceId: deviceIdSchema })
