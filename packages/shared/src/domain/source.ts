// A source as the fleet knows it; credentials of its URI never leave the device.
import { z } from 'zod'
import { idSchema } from './identity.ts'

export const sourceKindSchema = z.enum(['file', 'rtsp', 'camera', 'folder', 'upload'])
export type SourceKind = z.infer<typeof sourceKindSchema>

export const sourceStateSchema = z.enum([
  'idle',
  'connecting',
  'running',
  'reconnecting',
  'finished',
  'failed',
  'disabled',
])
export type SourceState = z.infer<typeof sourceStateSchema>

/** How far dedup of a source may reach at most, against its usual reach. */
export const DEDUP_RADIUS_MAX = 10
export const dedupRadiusSchema = z.number().min(0).max(DEDUP_RADIUS_MAX)

/** Milliseconds for which one look may serve at most the frames after it. */
export const KEY_FRAME_MS_MAX = 10_000
export const keyFrameMsSchema = z.number().int().min(0).max(KEY_FRAME_MS_MAX)

/** One full version of a source, as synced and as the console shows it. `uri` has its credentials removed. */
export const sourceRecordSchema = z.object({
  id: idSchema,
  version: z.number().int().positive(),
  name: z.string().min(1).max(200),
  kind: sourceKindSchema,
  uri: z.string().max(2000),
  prompts: z.array(z.string().max(400)).max(16),
  detectFps: z.number().min(0.1).max(60),
  /** Whether it is looked at only where something changes; null or absent: live sources are, recordings are not. */
  motionGate: z.boolean().nullable().optional(),
  /** How far dedup reaches in time and place to join tracks, against its usual reach; 0 joins none; absent: 1. */
  dedupRadius: dedupRadiusSchema.optional(),
  /**
   * Milliseconds for which one look may serve the frames after it, what it found being moved along; 0: every frame is
   * looked at; null or absent: as the model pack has it.
   */
  keyFrameMs: keyFrameMsSchema.nullable().optional(),
  enabled: z.boolean(),
  state: sourceStateSchema,
  stateDetail: z.string().max(400),
})
export type SourceRecord = z.infer<typeof sourceRecordSchema>
