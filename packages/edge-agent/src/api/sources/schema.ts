// A source as people give it and as the API tells it: with the address, without its credentials.
import { z } from 'zod'
import {
  dedupRadiusSchema,
  keyFrameMsSchema,
  sourceKindSchema,
  sourceStateSchema,
  type SourceRecord,
} from '@sam3-fleet/shared/domain/source'
import type { RegroupReport } from '../../regroup/regrouping.ts'

export const newSourceSchema = z.object({
  name: z.string().trim().min(1).max(200),
  uri: z.string().trim().min(1).max(2000).meta({
    description: '/videos/door.mp4, folder:/videos, rtsp://user:password@camera/stream, camera:///dev/video0',
  }),
  prompts: z.array(z.string().trim().min(1).max(400)).max(16).default([]),
  detect_fps: z.number().min(0.1).max(60).default(5),
  motion_gate: z.boolean().nullable().default(null).meta({
    description: 'Look only where something changes; null: live sources do, recordings do not',
  }),
  dedup_radius: dedupRadiusSchema.default(1).meta({
    description: 'How far dedup reaches in time and place to join tracks: 1 as usual, 0 joins none',
  }),
  key_frame_ms: keyFrameMsSchema.nullable().default(null).meta({
    description:
      'Milliseconds for which one look may serve the frames after it; 0: every frame is looked at; null: as the model pack has it',
  }),
  enabled: z.boolean().default(true),
})

/** Written out: a default would change what nobody named. */
export const changeSourceSchema = z.object({
  name: newSourceSchema.shape.name.optional(),
  uri: newSourceSchema.shape.uri.optional(),
  prompts: newSourceSchema.shape.prompts.unwrap().optional(),
  detect_fps: newSourceSchema.shape.detect_fps.unwrap().optional(),
  motion_gate: newSourceSchema.shape.motion_gate.unwrap().optional(),
  dedup_radius: newSourceSchema.shape.dedup_radius.unwrap().optional(),
  key_frame_ms: newSourceSchema.shape.key_frame_ms.unwrap().optional(),
  enabled: newSourceSchema.shape.enabled.unwrap().optional(),
})

export const sourceSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: sourceKindSchema,
  uri: z.string(),
  prompts: z.array(z.string()),
  detect_fps: z.number(),
  motion_gate: z.boolean().nullable(),
  dedup_radius: z.number(),
  key_frame_ms: z.number().int().nullable(),
  enabled: z.boolean(),
  state: sourceStateSchema,
  state_detail: z.string(),
})

export function sourceShape(record: SourceRecord): z.infer<typeof sourceSchema> {
  return {
    id: record.id,
    name: record.name,
    kind: record.kind,
    uri: record.uri,
    prompts: record.prompts,
    detect_fps: record.detectFps,
    motion_gate: record.motionGate ?? null,
    dedup_radius: record.dedupRadius ?? 1,
    key_frame_ms: record.keyFrameMs ?? null,
    enabled: record.enabled,
    state: record.state,
    state_detail: record.stateDetail,
  }
}

export const regroupSchema = z.object({
  radius: dedupRadiusSchema.meta({
    description: 'How far dedup reaches in time and place, against its usual reach; 0 takes back all joins',
  }),
})

export const regroupedSchema = z.object({
  videos: z.number().int(),
  videos_changed: z.number().int(),
  sightings_before: z.number().int(),
  sightings_after: z.number().int(),
  detections: z.number().int().meta({ description: 'The same before and after' }),
})

export function regroupedShape(report: RegroupReport): z.infer<typeof regroupedSchema> {
  return {
    videos: report.videos,
    videos_changed: report.videosChanged,
    sightings_before: report.sightingsBefore,
    sightings_after: report.sightingsAfter,
    detections: report.detections,
  }
}
