// What the REST API answers, in the words of its document: snake case, times as ISO 8601, boxes in 0..1.
import { z } from 'zod'
import { bboxSchema, rleMaskSchema } from '@sam3-fleet/shared/domain/geometry'
import { interpretationSchema, jobStatusSchema, type JobRecord } from '@sam3-fleet/shared/domain/job'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import { sightingAttributesSchema } from '@sam3-fleet/shared/domain/sighting'
import { sourceKindSchema, sourceStateSchema, type SourceRecord } from '@sam3-fleet/shared/domain/source'
import { bandSchema } from '@sam3-fleet/shared/search/band'
import type { StoredDetection } from '../store/sqlite-readers.ts'

export const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }),
})

export const jobSchema = z.object({
  job_id: z.uuid(),
  video_id: z.uuid(),
  status: jobStatusSchema,
  progress: z.number(),
  file_name: z.string(),
  text_prompt: z.string().nullable(),
  interpretation: interpretationSchema.nullable(),
  confidence_threshold: z.number(),
  frames_done: z.number().int(),
  detections: z.number().int(),
  sightings: z.number().int(),
  error: errorSchema.shape.error.nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})

export function jobShape(job: JobRecord): z.infer<typeof jobSchema> {
  return {
    job_id: job.id,
    video_id: job.videoId,
    status: job.status,
    progress: job.progress,
    file_name: job.fileName,
    text_prompt: job.textPrompt,
    interpretation: job.interpretation,
    confidence_threshold: job.confidenceThreshold,
    frames_done: job.framesDone,
    detections: job.detections,
    sightings: job.sightings,
    error: job.error,
    created_at: iso(job.createdAtMs),
    updated_at: iso(job.updatedAtMs),
  }
}

export const sourceSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: sourceKindSchema,
  uri: z.string(),
  prompts: z.array(z.string()),
  detect_fps: z.number(),
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
    enabled: record.enabled,
    state: record.state,
    state_detail: record.stateDetail,
  }
}

export const detectionSchema = z.object({
  detection_id: z.number().int(),
  device_id: z.string(),
  epoch: z.uuid(),
  video_id: z.uuid(),
  source_id: z.uuid(),
  sighting_id: z.uuid(),
  track_id: z.number().int(),
  frame_idx: z.number().int(),
  at: z.iso.datetime(),
  label: z.string(),
  text_prompt: z.string().nullable(),
  confidence: z.number(),
  bbox: bboxSchema,
  mask: rleMaskSchema.nullable(),
})

export function detectionShape(
  deviceId: string,
  detection: StoredDetection,
): z.infer<typeof detectionSchema> {
  return {
    detection_id: detection.detectionId,
    device_id: deviceId,
    epoch: detection.epoch,
    video_id: detection.videoId,
    source_id: detection.sourceId,
    sighting_id: detection.sightingId,
    track_id: detection.trackId,
    frame_idx: detection.frameIdx,
    at: iso(detection.tsMs),
    label: detection.label,
    text_prompt: detection.textPrompt,
    confidence: detection.confidence,
    bbox: detection.bbox,
    mask: detection.mask,
  }
}

/** A sighting by its exemplar detection in the words of the first API, with what makes it a sighting beside them. */
export const sightingResultSchema = z.object({
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
  state: z.enum(['open', 'closed']),
  media: z.string().nullable(),
})

export function sightingShape(
  deviceId: string,
  sighting: Sighting,
  found: { similarity: number | null; band: z.infer<typeof bandSchema> | null },
): z.infer<typeof sightingResultSchema> {
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
    similarity: found.similarity,
    band: found.band,
    bbox: sighting.bbox,
    count: sighting.count,
    track_count: sighting.trackCount,
    first_seen: iso(sighting.firstSeenMs),
    last_seen: iso(sighting.lastSeenMs),
    time_origin: sighting.timeOrigin,
    state: sighting.state,
    media: sighting.mediaSha256 === null ? null : `/api/v1/media/${sighting.mediaSha256}`,
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
