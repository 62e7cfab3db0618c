// A video handed in, with a prompt or without.
import { z } from 'zod'
import { interpretationSchema, jobStatusSchema } from '@sam3-fleet/shared/domain/job'

export const detectFieldsSchema = z.object({
  text_prompt: z.string().trim().min(1).max(400).optional(),
  confidence_threshold: z.coerce.number().min(0).max(1).optional(),
  recorded_at: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'When the recording began; else the container says it, else it is now' }),
  idempotent: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'true: the same file with the same prompt is the same job' }),
})

export const detectHeaderSchema = z.object({
  'idempotency-key': z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'Same key, same job: a repeated request answers what the first one did' }),
})

export const detectAnswerSchema = z.object({
  job_id: z.uuid(),
  video_id: z.uuid(),
  status: jobStatusSchema,
  interpretation: interpretationSchema.nullable(),
})
