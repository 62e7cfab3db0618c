// Questions about what this device saw: search, groups, single things, their pictures.
import { Router } from 'express'
import { z } from 'zod'
import { sha256Schema } from '@sam3-fleet/shared/domain/identity'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { SEARCH_LIMIT_DEFAULT, SEARCH_LIMIT_MAX } from '@sam3-fleet/shared/search/find'
import type { ApiDeps } from '../api-deps.ts'
import { parse, pathId } from '../http.ts'
import { detectionShape, sightingShape } from '../shapes.ts'

/** Detections that one sighting's answer lists. */
const DETECTIONS_MAX = 1_000
const list = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : value.split(',')))

export const searchQuerySchema = z.object({
  q: z.string().trim().min(1).max(400).optional(),
  limit: z.coerce.number().int().min(1).max(SEARCH_LIMIT_MAX).default(SEARCH_LIMIT_DEFAULT),
  source: list.optional(),
  label: list.optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  min_confidence: z.coerce.number().min(0).max(1).optional(),
})
export const objectsQuerySchema = z.object({
  group_by: z.enum(['label', 'source', 'prompt']).default('label'),
})

export function searchRoutes(deps: ApiDeps): Router {
  const router = Router()

  router.get('/api/v1/search', async (request, response) => {
    const query = parse(searchQuerySchema, request.query)
    const filter = {
      sources: query.source,
      labels: query.label,
      fromMs: query.from === undefined ? undefined : Date.parse(query.from),
      toMs: query.to === undefined ? undefined : Date.parse(query.to),
      minConfidence: query.min_confidence,
    }
    if (query.q === undefined) {
      const results = deps.readers.newestSightings(filter, query.limit)
      response.json({
        query: null,
        interpretation: null,
        results: results.map((sighting) =>
          sightingShape(deps.deviceId, sighting, { similarity: null, band: null }),
        ),
      })
      return
    }
    const { results, interpretation } = await deps.search.find(query.q, filter, query.limit)
    response.json({
      query: query.q,
      interpretation,
      results: results.map((found) => sightingShape(deps.deviceId, found.sighting, found)),
    })
  })

  router.get('/api/v1/objects', (request, response) => {
    const { group_by: by } = parse(objectsQuerySchema, request.query)
    const objects = deps.readers.objects(by)
    response.json({
      objects: objects.map(({ avgConfidence, ...group }) => ({
        ...group,
        avg_confidence: Math.round(avgConfidence * 1_000) / 1_000,
      })),
    })
  })

  router.get('/api/v1/detections/:id', (request, response) => {
    const id = parse(z.coerce.number().int().positive(), pathId(request))
    const detection = deps.readers.detection(id)
    if (!detection) throw new FleetError('NOT_FOUND', `there is no detection ${id}`)
    response.json(detectionShape(deps.deviceId, detection))
  })

  router.get('/api/v1/sightings/:id', (request, response) => {
    const sighting = deps.readers.sighting(pathId(request))
    if (!sighting) throw new FleetError('NOT_FOUND', `there is no sighting ${pathId(request)}`)
    const detections = deps.readers.detectionsOfSighting(sighting.id, DETECTIONS_MAX)
    response.json({
      ...sightingShape(deps.deviceId, sighting, { similarity: null, band: null }),
      detections: detections.map((detection) => detectionShape(deps.deviceId, detection)),
    })
  })

  router.get('/api/v1/media/:sha256', (request, response) => {
    const crop = deps.readers.media(parse(sha256Schema, pathId(request, 'sha256')))
    if (!crop) throw new FleetError('NOT_FOUND', 'there is no picture with this hash')
    response
      .set('Cache-Control', 'private, max-age=31536000, immutable')
      .type(crop.content_type)
      .send(Buffer.from(crop.content))
  })
  return router
}
