// One sighting with the detections that it stands for; and its joins taken back.
import { Router } from 'express'
import type { z } from 'zod'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { ApiDeps } from '../api-deps.ts'
import { detectionShape } from '../detections/schema.ts'
import { parse, pathId } from '../http.ts'
import { sightingShape, splitSchema, type sightingDetailSchema, type splitAnswerSchema } from './schema.ts'

/** Detections that one answer lists. */
const DETECTIONS_MAX = 1_000

export function sightingRoute({
  readers,
  regrouping,
  deviceId,
}: Pick<ApiDeps, 'readers' | 'regrouping' | 'deviceId'>): Router {
  const router = Router()
  router.get('/api/v1/sightings/:id', (request, response) => {
    const sighting = readers.sighting(pathId(request))
    if (!sighting) throw new FleetError('NOT_FOUND', `there is no sighting ${pathId(request)}`)
    const detections = readers.detectionsOfSighting(sighting.id, DETECTIONS_MAX)
    response.json({
      ...sightingShape(deviceId, sighting),
      detections: detections.map((detection) => detectionShape(deviceId, detection)),
    } satisfies z.infer<typeof sightingDetailSchema>)
  })

  router.post('/api/v1/sightings/:id/split', async (request, response) => {
    const { track_ids: trackIds } = parse(splitSchema, request.body ?? {})
    const parts = await regrouping.split(pathId(request), trackIds ?? null)
    response.json({
      sightings: parts.map((part) => ({
        ...sightingShape(deviceId, part.sighting),
        track_ids: part.trackIds,
      })),
    } satisfies z.infer<typeof splitAnswerSchema>)
  })
  return router
}
