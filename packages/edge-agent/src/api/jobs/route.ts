// What became of the videos that were handed in; cancelling one.
import { Router } from 'express'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { ApiDeps } from '../api-deps.ts'
import { parse, pathId } from '../http.ts'
import { jobShape, jobsQuerySchema } from './schema.ts'

export function jobRoutes({ jobs, jobRunner }: Pick<ApiDeps, 'jobs' | 'jobRunner'>): Router {
  const router = Router()
  router.get('/api/v1/jobs', (request, response) => {
    const { limit } = parse(jobsQuerySchema, request.query)
    response.json({ jobs: jobs.jobs(limit).map(jobShape) })
  })
  router.get('/api/v1/jobs/:id', (request, response) => {
    const job = jobs.job(pathId(request))
    if (!job) throw new FleetError('NOT_FOUND', `there is no job ${pathId(request)}`)
    response.json(jobShape(job))
  })
  router.delete('/api/v1/jobs/:id', async (request, response) => {
    response.json(jobShape(await jobRunner.cancel(pathId(request))))
  })
  return router
}
