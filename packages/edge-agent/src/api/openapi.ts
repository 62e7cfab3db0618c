// The OpenAPI 3.1 document of the device, from the same schemas that check the requests.
import { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import { interpretationSchema } from '@sam3-fleet/shared/domain/job'
import { exportQuerySchema } from './routes/export-routes.ts'
import { detectFieldsSchema } from './routes/job-routes.ts'
import { objectsQuerySchema, searchQuerySchema } from './routes/search-routes.ts'
import type { segmentFieldsSchema } from './routes/segment-routes.ts'
import { changeSourceSchema, newSourceSchema } from './routes/source-routes.ts'
import { detectionSchema, errorSchema, jobSchema, sightingResultSchema, sourceSchema } from './shapes.ts'

const file = z.string().meta({ format: 'binary' })
const byId = { path: z.object({ id: z.string() }) }

function answers(
  summary: string,
  schema: z.ZodType,
  rest: Partial<ZodOpenApiOperationObject> = {},
  status: `${1 | 2}${string}` = '200',
): ZodOpenApiOperationObject {
  return {
    summary,
    ...rest,
    responses: {
      [status]: { description: 'Done', content: { 'application/json': { schema } } },
      default: {
        description: 'Refused: code, message and what to do',
        content: { 'application/json': { schema: errorSchema } },
      },
    },
  } as ZodOpenApiOperationObject
}

const bytes = (
  summary: string,
  contentTypes: string[],
  rest: Partial<ZodOpenApiOperationObject> = {},
): ZodOpenApiOperationObject =>
  ({
    summary,
    ...rest,
    responses: {
      '200': {
        description: 'Done',
        content: Object.fromEntries(contentTypes.map((type) => [type, { schema: file }])),
      },
    },
  }) as ZodOpenApiOperationObject

const form = (schema: z.ZodType): Partial<ZodOpenApiOperationObject> => ({
  requestBody: { content: { 'multipart/form-data': { schema } } },
})
const body = (schema: z.ZodType): Partial<ZodOpenApiOperationObject> => ({
  requestBody: { content: { 'application/json': { schema } } },
})

/** Points and boxes are JSON inside a form field. */
const segmentForm = z.object({
  image: file,
  text: z.string().optional(),
  points: z.string().optional(),
  labels: z.string().optional(),
  boxes: z.string().optional(),
  confidence_threshold: z.number().optional(),
} satisfies Record<keyof typeof segmentFieldsSchema.shape | 'image', z.ZodType>)
const segment = answers(
  'Find what the pack sees in one picture',
  z.object({ width: z.number(), height: z.number(), method: z.string(), objects: z.array(z.unknown()) }),
  form(segmentForm),
)

const paths: ZodOpenApiPathsObject = {
  '/health': {
    get: answers(
      'Whether the device works (open to all)',
      z.object({ status: z.enum(['ok', 'paused']), version: z.string() }),
    ),
  },
  '/stats': { get: answers('Everything that the device says of itself', z.record(z.string(), z.unknown())) },
  '/metrics': { get: bytes('Prometheus metrics', ['text/plain']) },
  '/segment': { post: segment },
  '/api/v1/segment': { post: segment },
  '/api/v1/detect': {
    post: answers(
      'Hand in a video, with a prompt or without',
      z.object({
        job_id: z.uuid(),
        video_id: z.uuid(),
        status: z.string(),
        interpretation: interpretationSchema.nullable(),
      }),
      form(z.object({ file }).extend(detectFieldsSchema.shape)),
      '202',
    ),
  },
  '/api/v1/jobs': { get: answers('Newest jobs', z.object({ jobs: z.array(jobSchema) })) },
  '/api/v1/jobs/{id}': {
    get: answers('One job with its progress', jobSchema, { requestParams: byId }),
    delete: answers('Cancel a job', jobSchema, { requestParams: byId }),
  },
  '/api/v1/search': {
    get: answers(
      'Search by words',
      z.object({ query: z.string().nullable(), results: z.array(sightingResultSchema) }),
      { requestParams: { query: searchQuerySchema } },
    ),
  },
  '/api/v1/objects': {
    get: answers('Count by label, source or prompt', z.object({ objects: z.array(z.unknown()) }), {
      requestParams: { query: objectsQuerySchema },
    }),
  },
  '/api/v1/detections/{id}': { get: answers('One detection', detectionSchema, { requestParams: byId }) },
  '/api/v1/sightings/{id}': {
    get: answers('One sighting with its detections', sightingResultSchema, { requestParams: byId }),
  },
  '/api/v1/media/{sha256}': {
    get: bytes('A crop', ['image/webp'], { requestParams: { path: z.object({ sha256: z.string() }) } }),
  },
  '/api/v1/export': {
    get: bytes(
      'Detections page by page',
      ['application/x-ndjson', 'text/csv', 'application/json', 'application/vnd.apache.parquet'],
      { requestParams: { query: exportQuerySchema } },
    ),
  },
  '/api/v1/sources': {
    get: answers('Sources', z.object({ sources: z.array(sourceSchema) })),
    post: answers('Add a source', sourceSchema, body(newSourceSchema), '201'),
  },
  '/api/v1/sources/{id}': {
    patch: answers('Change a source', sourceSchema, { requestParams: byId, ...body(changeSourceSchema) }),
    delete: {
      summary: 'Remove a source',
      requestParams: byId,
      responses: { '204': { description: 'Removed' } },
    },
  },
}

export function openApiDocument(version: string): object {
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'sam3-fleet device', version, license: { name: 'MIT' } },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{ token: [] }],
    paths,
  })
}
