// One detection as the API tells it: box in 0..1 as [x, y, w, h], time as ISO 8601.
import { z } from 'zod'
import { bboxSchema, rleMaskSchema } from '@sam3-fleet/shared/domain/geometry'
import type { StoredDetection } from '../../store/sqlite-readers.ts'

export const detectionIdSchema = z.coerce.number().int().positive()

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
    at: new Date(detection.tsMs).toISOString(),
    label: detection.label,
    text_prompt: detection.textPrompt,
    confidence: detection.confidence,
    bbox: detection.bbox,
    mask: detection.mask,
  }
}
