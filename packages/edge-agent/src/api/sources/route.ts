// Sources: list, add, change, remove. What a person gives is checked before it is kept; credentials never come back.
import { Router } from 'express'
import type { SourceInput } from '@sam3-fleet/shared/protocol/command'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { interpretPrompts } from '../../sources/interpret-prompts.ts'
import { parseSourceUri } from '../../sources/source-uri.ts'
import type { ApiDeps } from '../api-deps.ts'
import { parse, pathId } from '../http.ts'
import { changeSourceSchema, newSourceSchema, regroupedShape, regroupSchema, sourceShape } from './schema.ts'

export function sourceRoutes({ sources, regrouping, interpreter, detector }: ApiDeps): Router {
  const router = Router()

  async function keep(input: SourceInput): Promise<ReturnType<typeof sourceShape>> {
    const { kind } = parseSourceUri(input.uri)
    await interpretPrompts(input.prompts, { interpreter, labels: detector.labels })
    return sourceShape(sources.upsertSource(input, kind).record)
  }

  router.get('/api/v1/sources', (_request, response) => {
    response.json({ sources: sources.sources().map(({ record }) => sourceShape(record)) })
  })

  router.post('/api/v1/sources', async (request, response) => {
    const given = parse(newSourceSchema, request.body)
    const { detect_fps: detectFps, motion_gate: motionGate, dedup_radius: dedupRadius, ...others } = given
    const { key_frame_ms: keyFrameMs, ...rest } = others
    response.status(201).json(await keep({ ...rest, detectFps, motionGate, dedupRadius, keyFrameMs }))
  })

  router.patch('/api/v1/sources/:id', async (request, response) => {
    const change = parse(changeSourceSchema, request.body)
    const id = pathId(request)
    const before = sources.source(id)
    if (!before) throw new FleetError('NOT_FOUND', `there is no source ${id}`)
    const { record, secretUri } = before
    const input = {
      id,
      name: change.name ?? record.name,
      // The address with its credentials stays when it is not given anew.
      uri: change.uri === undefined || change.uri === record.uri ? secretUri : change.uri,
      prompts: change.prompts ?? record.prompts,
      detectFps: change.detect_fps ?? record.detectFps,
      motionGate: change.motion_gate === undefined ? (record.motionGate ?? null) : change.motion_gate,
      dedupRadius: change.dedup_radius ?? record.dedupRadius ?? 1,
      keyFrameMs: change.key_frame_ms === undefined ? (record.keyFrameMs ?? null) : change.key_frame_ms,
      enabled: change.enabled ?? record.enabled,
    }
    response.json(await keep(input))
  })

  router.delete('/api/v1/sources/:id', (request, response) => {
    const id = pathId(request)
    if (!sources.removeSource(id)) throw new FleetError('NOT_FOUND', `there is no source ${id}`)
    response.status(204).end()
  })

  router.post('/api/v1/sources/:id/regroup', async (request, response) => {
    const id = pathId(request)
    const { radius } = parse(regroupSchema, request.body)
    if (!sources.source(id)) throw new FleetError('NOT_FOUND', `there is no source ${id}`)
    response.json(regroupedShape(await regrouping.regroup(id, radius)))
  })
  return router
}
