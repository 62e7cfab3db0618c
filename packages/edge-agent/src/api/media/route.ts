// Crops by their hash: what a hash names never changes, so that browsers may keep it.
import { Router } from 'express'
import { sha256Schema } from '@sam3-fleet/shared/domain/identity'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { ApiDeps } from '../api-deps.ts'
import { parse, pathId } from '../http.ts'

export function mediaRoute({ readers }: Pick<ApiDeps, 'readers'>): Router {
  return Router().get('/api/v1/media/:sha256', (request, response) => {
    const crop = readers.media(parse(sha256Schema, pathId(request, 'sha256')))
    if (!crop) throw new FleetError('NOT_FOUND', 'there is no picture with this hash')
    response
      .set('Cache-Control', 'private, max-age=31536000, immutable')
      .type(crop.content_type)
      .send(Buffer.from(crop.content))
  })
}
