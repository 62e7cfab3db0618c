// jobs.create, jobs.list, jobs.cancel: an uploaded video worked through on the device that it was given to.
import { z } from 'zod'
import { deviceIdSchema, idSchema, sha256Schema } from '../domain/identity.ts'
import { jobRecordSchema } from '../domain/job.ts'
import { askedDeviceSchema } from './live-answer.ts'

export const jobsCreateInputSchema = z.object({
  deviceId: deviceIdSchema,
  /** Of a finished upload for the same device. */
  uploadId: idSchema,
  textPrompt: z.string().trim().min(1).max(400).nullable().default(null),
  confidenceThreshold: z.number().min(0).max(1).nullable().default(null),
  /** Same key, same job: a repeated request answers what the first one did. */
  idempotencyKey: z.string().min(8).max(80).optional(),
})
export type JobsCreateInput = z.infer<typeof jobsCreateInputSchema>

export const deviceJobSchema = z.object({
  deviceId: deviceIdSchema,
  deviceName: z.string(),
  job: jobRecordSchema,
})
export type DeviceJob = z.infer<typeof deviceJobSchema>

export const jobsListInputSchema = z
  .object({
    /** Absent: every device that is online is asked. */
    deviceId: deviceIdSchema.optional(),
    limit: z.number().int().min(1).max(200).default(50),
  })
  .default({ limit: 50 })
export type JobsListInput = z.infer<typeof jobsListInputSchema>

/** Newest first. Jobs live on their device, so the answer says which devices gave theirs. */
export const jobsListOutputSchema = z.object({
  jobs: z.array(deviceJobSchema),
  asked: z.array(askedDeviceSchema),
})
export type JobsListOutput = z.infer<typeof jobsListOutputSchema>

export const jobsCancelInputSchema = z.object({ deviceId: deviceIdSchema, id: idSchema })
export type JobsCancelInput = z.infer<typeof jobsCancelInputSchema>

/** What `POST /api/v1/uploads` answers with. */
export const uploadSchema = z.object({
  uploadId: idSchema,
  deviceId: deviceIdSchema,
  fileName: z.string(),
  contentType: z.string(),
  bytes: z.number().int().positive(),
  sha256: sha256Schema,
})
export type Upload = z.infer<typeof uploadSchema>
