// Sources: list, add, change, remove. What a person gives is checked before it is kept; credentials never come back.
import { Router } from 'express'
import { z } from 'zod'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { interpretPrompts } from '../../sources/interpret-prompts.ts'
import { parseSourceUri } from '../../sources/source-uri.ts'
import type { ApiDeps } from '../api-deps.ts'
import { parse, pathId } from '../http.ts'
import { sourceShape } from '../shapes.ts'

export const newSourceSchema = z.object({
  name: z.string().trim().min(1).max(200),
  uri: z.string().trim().min(1).max(2000),
  prompts: z.array(z.string().trim().min(1).max(400)).max(16).default([]),
  detect_fps: z.number().min(0.1).max(60).default(5),
  enabled: z.boolean().default(true),
})
export const changeSourceSchema = newSourceSchema.partial()

export function sourceRoutes(deps: ApiDeps): Router {
  const router = Router()
  const { sources } = deps

  router.get('/api/v1/sources', (_request, response) => {
    response.json({ sources: sources.sources().map(({ record }) => sourceShape(record)) })
  })

  router.post('/api/v1/sources', async (request, response) => {
    const input = parse(newSourceSchema, request.body)
    const { kind } = parseSourceUri(input.uri)
    await interpretPrompts(input.prompts, { interpreter: deps.interpreter, labels: deps.detector.labels })
    const { record } = sources.upsertSource({ ...withoutSnakes(input) }, kind)
    response.status(201).json(sourceShape(record))
  })

  router.patch('/api/v1/sources/:id', async (request, response) => {
    const change = parse(changeSourceSchema, request.body)
    const id = pathId(request)
    const before = sources.source(id)
    if (!before) throw new FleetError('NOT_FOUND', `there is no source ${id}`)
    const { record, secretUri } = before
    const input = {
      name: change.name ?? record.name,
      // The address with its credentials stays when it is not given anew.
      uri: change.uri === undefined || change.uri === record.uri ? secretUri : change.uri,
      prompts: change.prompts ?? record.prompts,
      detect_fps: change.detect_fps ?? record.detectFps,
      enabled: change.enabled ?? record.enabled,
    }
    const { kind } = parseSourceUri(input.uri)
    await interpretPrompts(input.prompts, { interpreter: deps.interpreter, labels: deps.detector.labels })
    response.json(sourceShape(sources.upsertSource({ id, ...withoutSnakes(input) }, kind).record))
  })

  router.delete('/api/v1/sources/:id', (request, response) => {
    const id = pathId(request)
    if (!sources.removeSource(id)) throw new FleetError('NOT_FOUND', `there is no source ${id}`)
    response.status(204).end()
  })
  return router
}

function withoutSnakes({ detect_fps: detectFps, ...rest }: z.infer<typeof newSourceSchema>) {
  return { ...rest, detectFps }
}
