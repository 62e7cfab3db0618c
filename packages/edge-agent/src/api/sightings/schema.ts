// A sighting by its exemplar detection in the words of a detection, with what makes it a sighting beside them.
import { z } from 'zod'
import { bboxSchema } from '@sam3-fleet/shared/domain/geometry'
import {
  sightingAttributesSchema,
  sightingStateSchema,
  type Sighting,
} from '@sam3-fleet/shared/domain/sighting'
import { bandSchema, type Band } from '@sam3-fleet/shared/search/band'
import { detectionSchema } from '../detections/schema.ts'

export const sightingSchema = z.object({
  detection_id: z.number().int(),
  sighting_id: z.uuid(),
  device_id: z.string(),
  video_id: z.uuid(),
  source_id: z.uuid(),
  source_name: z.string(),
  frame_idx: z.number().int(),
  label: z.string(),
  description: z.string(),
  attributes: sightingAttributesSchema,
  text_prompt: z.string().nullable(),
  confidence: z.number(),
  similarity: z.number().nullable(),
  band: bandSchema.nullable(),
  bbox: bboxSchema,
  count: z.number().int(),
  track_count: z.number().int(),
  first_seen: z.iso.datetime(),
  last_seen: z.iso.datetime(),
  time_origin: z.string(),
  state: sightingStateSchema,
  media: z.string().nullable(),
})

export const sightingDetailSchema = sightingSchema.extend({ detections: z.array(detectionSchema) })

export const splitSchema = z.object({
  track_ids: z.array(z.number().int().nonnegative()).min(1).max(1_000).optional().meta({
    description: 'Taken out into one sighting of their own; left out: every track is a sighting by itself',
  }),
})

export const splitAnswerSchema = z.object({
  sightings: z.array(sightingSchema.extend({ track_ids: z.array(z.number().int()) })),
})

/** How well it answers a question; nothing of that when it was not asked for by words. */
export interface Found {
  similarity: number | null
  band: Band | null
}

export function sightingShape(
  deviceId: string,
  sighting: Sighting,
  { similarity, band }: Found = { similarity: null, band: null },
): z.infer<typeof sightingSchema> {
  return {
    detection_id: sighting.detectionId,
    sighting_id: sighting.id,
    device_id: deviceId,
    video_id: sighting.videoId,
    source_id: sighting.sourceId,
    source_name: sighting.sourceName,
    frame_idx: sighting.frameIdx,
    label: sighting.label,
    description: sighting.description,
    attributes: sighting.attributes,
    text_prompt: sighting.textPrompt,
    confidence: sighting.confidence,
    similarity,
    band,
    bbox: sighting.bbox,
    count: sighting.count,
    track_count: sighting.trackCount,
    first_seen: new Date(sighting.firstSeenMs).toISOString(),
    last_seen: new Date(sighting.lastSeenMs).toISOString(),
    time_origin: sighting.timeOrigin,
    state: sighting.state,
    media: sighting.mediaSha256 === null ? null : `/api/v1/media/${sighting.mediaSha256}`,
  }
}
