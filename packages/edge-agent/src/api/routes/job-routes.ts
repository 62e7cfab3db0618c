// Videos handed in with a prompt, and what became of them.
import { Router } from 'express'
import { z } from 'zod'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { ApiDeps } from '../api-deps.ts'
import { parse, pathId } from '../http.ts'
import { receiveUpload } from '../receive-upload.ts'
import { jobShape } from '../shapes.ts'

/** Bytes of one video: hours of a camera, not a whole disk. */
const VIDEO_BYTES_MAX = 8e9
/** Uploads at once; each holds a file handle and bandwidth. */
const UPLOADS_MAX = 4
const JOBS_SHOWN_DEFAULT = 50
const JOBS_SHOWN_MAX = 200

export const detectFieldsSchema = z.object({
  text_prompt: z.string().trim().min(1).max(400).optional(),
  confidence_threshold: z.coerce.number().min(0).max(1).optional(),
  recorded_at: z.iso.datetime({ offset: true }).optional(),
  idempotent: z.enum(['true', 'false']).optional(),
})

export function jobRoutes(deps: ApiDeps): Router {
  const router = Router()
  let uploads = 0

  router.post('/api/v1/detect', async (request, response) => {
    if (uploads >= UPLOADS_MAX)
      throw new FleetError('TOO_MANY_REQUESTS', `${UPLOADS_MAX} uploads are running already`)
    uploads += 1
    try {
      const upload = await receiveUpload(request, {
        fieldName: 'file',
        dir: deps.uploadsDir,
        maxBytes: VIDEO_BYTES_MAX,
        newId: deps.newId,
      })
      const fields = parse(detectFieldsSchema, { ...upload.fields })
      const { job } = await deps.intake.accept({
        path: upload.path,
        sha256: upload.sha256,
        fileName: upload.fileName,
        textPrompt: fields.text_prompt ?? null,
        confidenceThreshold: fields.confidence_threshold ?? null,
        recordedAtMs: fields.recorded_at === undefined ? null : Date.parse(fields.recorded_at),
        idempotencyKey: idempotencyKey(request.get('idempotency-key'), fields, upload.sha256),
      })
      response.status(202).json({
        job_id: job.id,
        video_id: job.videoId,
        status: job.status,
        interpretation: job.interpretation,
      })
    } finally {
      uploads -= 1
    }
  })

  router.get('/api/v1/jobs', (request, response) => {
    const { limit } = parse(
      z.object({ limit: z.coerce.number().int().min(1).max(JOBS_SHOWN_MAX).default(JOBS_SHOWN_DEFAULT) }),
      request.query,
    )
    response.json({ jobs: deps.jobs.jobs(limit).map(jobShape) })
  })

  router.get('/api/v1/jobs/:id', (request, response) => {
    const job = deps.jobs.job(pathId(request))
    if (!job) throw new FleetError('NOT_FOUND', `there is no job ${pathId(request)}`)
    response.json(jobShape(job))
  })

  router.delete('/api/v1/jobs/:id', async (request, response) => {
    response.json(jobShape(await deps.jobRunner.cancel(pathId(request))))
  })
  return router
}

/** Same file and same prompt are the same job when the caller wishes so. */
function idempotencyKey(
  header: string | undefined,
  fields: z.infer<typeof detectFieldsSchema>,
  sha256: string,
): string | null {
  if (header !== undefined) return `key:${header.slice(0, 200)}`
  return fields.idempotent === 'true' ? `upload:${sha256}:${fields.text_prompt ?? ''}` : null
}
