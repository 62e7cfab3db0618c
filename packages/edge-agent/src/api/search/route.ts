// Search by words over what this device saw; the filters apply inside the search.
import { Router } from 'express'
import type { z } from 'zod'
import type { SightingFilter } from '../../store/sqlite-readers.ts'
import type { ApiDeps } from '../api-deps.ts'
import { parse } from '../http.ts'
import { sightingShape } from '../sightings/schema.ts'
import { searchQuerySchema, type searchAnswerSchema } from './schema.ts'

type Query = z.infer<typeof searchQuerySchema>
type Answer = z.infer<typeof searchAnswerSchema>

export function searchRoute(deps: Pick<ApiDeps, 'search' | 'readers' | 'deviceId'>): Router {
  return Router().get('/api/v1/search', async (request, response) => {
    const query = parse(searchQuerySchema, request.query)
    response.json(query.q === undefined ? newest(deps, query) : await byWords(deps, query.q, query))
  })
}

function newest({ readers, deviceId }: Pick<ApiDeps, 'readers' | 'deviceId'>, query: Query): Answer {
  const sightings = readers.newestSightings(filterOf(query), query.limit)
  return {
    query: null,
    interpretation: null,
    results: sightings.map((sighting) => sightingShape(deviceId, sighting)),
  }
}

async function byWords(
  { search, deviceId }: Pick<ApiDeps, 'search' | 'deviceId'>,
  q: string,
  query: Query,
): Promise<Answer> {
  const { results, interpretation } = await search.find(q, filterOf(query), query.limit)
  return {
    query: q,
    interpretation,
    results: results.map((found) => sightingShape(deviceId, found.sighting, found)),
  }
}

function filterOf(query: Query): SightingFilter {
  return {
    sources: query.source,
    labels: query.label,
    fromMs: query.from === undefined ? undefined : Date.parse(query.from),
    toMs: query.to === undefined ? undefined : Date.parse(query.to),
    minConfidence: query.min_confidence,
  }
}
