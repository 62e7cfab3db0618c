// The OpenAPI 3.1 document of the device, from the same schemas that check its requests and type its answers.
import { z } from 'zod'
import { BATCH_FILE_TYPE } from '@sam3-fleet/shared/protocol/batch-file'
import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi'
import { detectAnswerSchema, detectFieldsSchema, detectHeaderSchema } from '../detect/schema.ts'
import { detectionSchema } from '../detections/schema.ts'
import { exportQuerySchema } from '../export/schema.ts'
import { healthSchema, statsSchema } from '../health/schema.ts'
import { jobSchema, jobsQuerySchema } from '../jobs/schema.ts'
import { objectsAnswerSchema, objectsQuerySchema } from '../objects/schema.ts'
import { searchAnswerSchema, searchQuerySchema } from '../search/schema.ts'
import { segmentAnswerSchema, segmentFieldsSchema, segmentQuerySchema } from '../segment/schema.ts'
import { sightingDetailSchema, splitAnswerSchema, splitSchema } from '../sightings/schema.ts'
import {
  changeSourceSchema,
  newSourceSchema,
  regroupedSchema,
  regroupSchema,
  sourceSchema,
} from '../sources/schema.ts'
import { answers, body, byId, bytes, file, form, nothing, query } from './operations.ts'

const EXPORTS = [
  'application/x-ndjson',
  'text/csv',
  'application/json',
  'application/vnd.apache.parquet',
  BATCH_FILE_TYPE,
]

const segment = answers('Find what the pack sees in one picture', segmentAnswerSchema, {
  ...query(segmentQuerySchema),
  ...form(z.object({ image: file }).extend(segmentFieldsSchema.shape)),
})

const paths: ZodOpenApiPathsObject = {
  '/health': {
    get: { ...answers('Whether the device works (open to all)', healthSchema), security: [] },
  },
  '/stats': { get: answers('Everything that the device says of itself', statsSchema) },
  '/metrics': { get: bytes('Metrics for Prometheus', ['text/plain']) },
  '/segment': { post: segment },
  '/api/v1/segment': { post: segment },
  '/api/v1/detect': {
    post: answers(
      'Hand in a video, with a prompt or without',
      detectAnswerSchema,
      {
        requestParams: { header: detectHeaderSchema },
        ...form(z.object({ file }).extend(detectFieldsSchema.shape)),
      },
      '202',
    ),
  },
  '/api/v1/jobs': {
    get: answers('Newest jobs', z.object({ jobs: z.array(jobSchema) }), query(jobsQuerySchema)),
  },
  '/api/v1/jobs/{id}': {
    get: answers('One job with its progress', jobSchema, byId),
    delete: answers('Cancel a job', jobSchema, byId),
  },
  '/api/v1/search': { get: answers('Search by words', searchAnswerSchema, query(searchQuerySchema)) },
  '/api/v1/objects': { get: answers('Count in groups', objectsAnswerSchema, query(objectsQuerySchema)) },
  '/api/v1/detections/{id}': { get: answers('One detection', detectionSchema, byId) },
  '/api/v1/sightings/{id}': { get: answers('One sighting with its detections', sightingDetailSchema, byId) },
  '/api/v1/sightings/{id}/split': {
    post: answers('Take joins of a sighting back', splitAnswerSchema, {
      ...byId,
      ...body(splitSchema, { required: false }),
    }),
  },
  '/api/v1/media/{sha256}': {
    get: bytes('A crop', ['image/webp'], {
      requestParams: { path: z.object({ sha256: z.string() }) },
    }),
  },
  '/api/v1/export': { get: bytes('Detections page by page', EXPORTS, query(exportQuerySchema)) },
  '/api/v1/sources': {
    get: answers('Sources', z.object({ sources: z.array(sourceSchema) })),
    post: answers('Add a source', sourceSchema, body(newSourceSchema), '201'),
  },
  '/api/v1/sources/{id}': {
    patch: answers('Change a source', sourceSchema, { ...byId, ...body(changeSourceSchema) }),
    delete: nothing('Remove a source', byId),
  },
  '/api/v1/sources/{id}/regroup': {
    post: answers('Decide the joins of a source again', regroupedSchema, { ...byId, ...body(regroupSchema) }),
  },
}

export function openApiDocument(version: string): object {
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'sam3-fleet device', version, license: { name: 'MIT', identifier: 'MIT' } },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{ token: [] }],
    paths,
  })
}
