// A job as the API tells it.
import { z } from 'zod'
import { interpretationSchema, jobStatusSchema, type JobRecord } from '@sam3-fleet/shared/domain/job'
import { errorSchema } from '../error-schema.ts'

const SHOWN_DEFAULT = 50
const SHOWN_MAX = 200

export const jobsQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(SHOWN_MAX).default(SHOWN_DEFAULT),
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
    created_at: new Date(job.createdAtMs).toISOString(),
    updated_at: new Date(job.updatedAtMs).toISOString(),
  }
}
