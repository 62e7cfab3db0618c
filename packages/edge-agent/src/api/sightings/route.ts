// One sighting with the detections that it stands for.
import { Router } from 'express'
import type { z } from 'zod'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { ApiDeps } from '../api-deps.ts'
import { detectionShape } from '../detections/schema.ts'
import { pathId } from '../http.ts'
import { sightingShape, type sightingDetailSchema } from './schema.ts'

/** Detections that one answer lists. */
const DETECTIONS_MAX = 1_000

export function sightingRoute({ readers, deviceId }: Pick<ApiDeps, 'readers' | 'deviceId'>): Router {
  return Router().get('/api/v1/sightings/:id', (request, response) => {
    const sighting = readers.sighting(pathId(request))
    if (!sighting) throw new FleetError('NOT_FOUND', `there is no sighting ${pathId(request)}`)
    const detections = readers.detectionsOfSighting(sighting.id, DETECTIONS_MAX)
    response.json({
      ...sightingShape(deviceId, sighting),
      detections: detections.map((detection) => detectionShape(deviceId, detection)),
    } satisfies z.infer<typeof sightingDetailSchema>)
  })
}
