// Takes a video in: received whole, looked at, its prompt understood, then queued as a job.
import { rm } from 'node:fs/promises'
import { Router } from 'express'
import type { z } from 'zod'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { ApiDeps } from '../api-deps.ts'
import { parse } from '../http.ts'
import { receiveUpload, type ReceivedUpload } from '../receive-upload.ts'
import { createUploadGate } from '../upload-gate.ts'
import { detectFieldsSchema, detectHeaderSchema, type detectAnswerSchema } from './schema.ts'

/** Bytes of one video: hours of a camera, not a whole disk. */
const VIDEO_BYTES_MAX = 8e9
const UPLOADS_MAX = 4

type Fields = z.infer<typeof detectFieldsSchema>

export function detectRoute(deps: ApiDeps): Router {
  const gate = createUploadGate(UPLOADS_MAX)
  return Router().post('/api/v1/detect', async (request, response) => {
    const { 'idempotency-key': key } = parse(detectHeaderSchema, request.headers)
    if (deps.isDiskPaused()) throw new FleetError('DISK_FULL', 'the disk of this device is at its floor')
    const { job } = await gate.pass(async () => {
      const upload = await receiveUpload(request, {
        fieldName: 'file',
        dir: deps.uploadsDir,
        maxBytes: VIDEO_BYTES_MAX,
        newId: deps.newId,
      })
      const fields = await readFields(upload)
      return deps.intake.accept({
        path: upload.path,
        sha256: upload.sha256,
        fileName: upload.fileName,
        textPrompt: fields.text_prompt ?? null,
        confidenceThreshold: fields.confidence_threshold ?? null,
        recordedAtMs: fields.recorded_at === undefined ? null : Date.parse(fields.recorded_at),
        idempotencyKey: idempotencyKey(key, fields, upload.sha256),
      })
    })
    response.status(202).json({
      job_id: job.id,
      video_id: job.videoId,
      status: job.status,
      interpretation: job.interpretation,
    } satisfies z.infer<typeof detectAnswerSchema>)
  })
}

async function readFields({ fields, path }: ReceivedUpload): Promise<Fields> {
  try {
    return parse(detectFieldsSchema, { ...fields })
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

/** Same file and same prompt are the same job when the caller wishes so. */
function idempotencyKey(key: string | undefined, fields: Fields, sha256: string): string | null {
  if (key !== undefined) return `key:${key}`
  return fields.idempotent === 'true' ? `upload:${sha256}:${fields.text_prompt ?? ''}` : null
}
