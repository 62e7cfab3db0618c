// One detection by its id.
import { Router } from 'express'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { ApiDeps } from '../api-deps.ts'
import { parse, pathId } from '../http.ts'
import { detectionIdSchema, detectionShape } from './schema.ts'

export function detectionRoute({ readers, deviceId }: Pick<ApiDeps, 'readers' | 'deviceId'>): Router {
  return Router().get('/api/v1/detections/:id', (request, response) => {
    const id = parse(detectionIdSchema, pathId(request))
    const detection = readers.detection(id)
    if (!detection) throw new FleetError('NOT_FOUND', `there is no detection ${id}`)
    response.json(detectionShape(deviceId, detection))
  })
}
