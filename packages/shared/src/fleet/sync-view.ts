// sync.status, sync.watch and sync.quarantine: how far the centre's copy follows every device.
import { z } from 'zod'
import { deviceIdSchema, epochSchema } from '../domain/identity.ts'
import { durabilitySchema } from '../protocol/ack.ts'
import { deviceStateSchema, presenceStateSchema } from './device-view.ts'

/** Devices in one status; those in trouble come first, the rest is counted in `omitted`. */
export const SYNC_DEVICES_MAX = 1_000
export const SYNC_DEVICES_DEFAULT = 200
export const QUARANTINE_LIMIT_MAX = 200

export const deviceSyncSchema = z.object({
  deviceId: deviceIdSchema,
  name: z.string(),
  state: deviceStateSchema,
  stateDetail: z.string(),
  presence: presenceStateSchema,
  presenceAt: z.iso.datetime().nullable(),
  epoch: epochSchema.nullable(),
  /** Every entry up to here is settled in the centre. */
  hwm: z.number().int().nonnegative(),
  /** Highest entry that the device has said it issued. */
  maxSeq: z.number().int().nonnegative(),
  backlogEntries: z.number().int().nonnegative(),
  backlogBytes: z.number().int().nonnegative().nullable(),
  lagMs: z.number().int().nonnegative().nullable(),
  entriesPerS: z.number().nullable(),
  bytesPerS: z.number().nullable(),
  inFlightBatches: z.number().int().nonnegative(),
  resentBatches: z.number().int().nonnegative(),
  reconnects: z.number().int().nonnegative(),
  /** Acked only process_safe and therefore still held on the device. */
  heldBytes: z.number().int().nonnegative(),
  /** Entries set aside in quarantine. */
  rejects: z.number().int().nonnegative(),
  /** Entries that the device dropped before it could send them. */
  losses: z.number().int().nonnegative(),
  incidents: z.number().int().nonnegative(),
  lastError: z.string().nullable(),
  statusAt: z.iso.datetime().nullable(),
})
export type DeviceSync = z.infer<typeof deviceSyncSchema>

export const syncStatusInputSchema = z
  .object({
    devices: z.array(deviceIdSchema).max(SYNC_DEVICES_MAX).optional(),
    limit: z.number().int().min(1).max(SYNC_DEVICES_MAX).default(SYNC_DEVICES_DEFAULT),
  })
  .default({ limit: SYNC_DEVICES_DEFAULT })
export type SyncStatusInput = z.infer<typeof syncStatusInputSchema>

export const syncStatusSchema = z.object({
  at: z.iso.datetime(),
  /** What a commit in the centre survives; devices delete only what is power_safe. */
  durability: durabilitySchema,
  /** Over all devices in scope, shown or not. */
  totals: z.object({
    devices: z.number().int(),
    byState: z.record(deviceStateSchema, z.number().int()),
    backlogEntries: z.number().int(),
    backlogBytes: z.number().int(),
    entriesPerS: z.number(),
    bytesPerS: z.number(),
    rejects: z.number().int(),
    losses: z.number().int(),
    incidents: z.number().int(),
  }),
  devices: z.array(deviceSyncSchema),
  omitted: z.number().int().nonnegative(),
})
export type SyncStatus = z.infer<typeof syncStatusSchema>

export const quarantineInputSchema = z
  .object({
    deviceId: deviceIdSchema.optional(),
    limit: z.number().int().min(1).max(QUARANTINE_LIMIT_MAX).default(50),
    cursor: z.string().max(400).optional(),
  })
  .default({ limit: 50 })
export type QuarantineInput = z.infer<typeof quarantineInputSchema>

export const quarantineItemSchema = z.object({
  deviceId: deviceIdSchema,
  deviceName: z.string(),
  epoch: epochSchema,
  seq: z.number().int(),
  kind: z.string(),
  thingId: z.string(),
  code: z.string(),
  reason: z.string(),
  at: z.iso.datetime(),
  /** The entry as it came, cut to its first characters. */
  raw: z.string(),
})
export const quarantineOutputSchema = z.object({
  items: z.array(quarantineItemSchema),
  nextCursor: z.string().nullable(),
})
export type QuarantineOutput = z.infer<typeof quarantineOutputSchema>
