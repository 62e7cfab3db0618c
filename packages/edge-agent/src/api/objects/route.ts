// Counts of what was seen, by label, colour, source or prompt.
import { Router } from 'express'
import type { z } from 'zod'
import type { ApiDeps } from '../api-deps.ts'
import { parse } from '../http.ts'
import { objectsQuerySchema, type objectsAnswerSchema } from './schema.ts'

export function objectsRoute({ readers }: Pick<ApiDeps, 'readers'>): Router {
  return Router().get('/api/v1/objects', (request, response) => {
    const { group_by: by } = parse(objectsQuerySchema, request.query)
    const objects = readers.objects(by).map(({ avgConfidence, ...group }) => ({
      ...group,
      avg_confidence: Math.round(avgConfidence * 1_000) / 1_000,
    }))
    response.json({ objects } satisfies z.infer<typeof objectsAnswerSchema>)
  })
}
