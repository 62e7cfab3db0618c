// The OpenAPI 3.1 document of the centre, made from the router's own schemas: what is not in the router is not in it,
// and what is in the router cannot be missing.
import type { AnyRouter } from '@trpc/server'
import { z, type ZodType } from 'zod'
import {
  createDocument,
  type oas31,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi'
import { ERROR_CODES } from '@sam3-fleet/shared/errors/codes'
import { uploadSchema } from '@sam3-fleet/shared/fleet/device-jobs'
import { IMPORT_ANSWER_TYPE, importLineSchema } from '@sam3-fleet/shared/fleet/import-report'
import { BATCH_FILE_TYPE } from '@sam3-fleet/shared/protocol/batch-file'
import { listProcedures, type ProcedureFacts } from '../procedures.ts'
import { enrolInputSchema, enrolOutputSchema } from './enrol-route.ts'

const errorSchema = z
  .object({
    error: z.object({
      code: z.enum(Object.keys(ERROR_CODES)),
      message: z.string(),
      hint: z.string().meta({ description: 'What to do about it.' }),
    }),
  })
  .meta({ id: 'Error' })

const failure = {
  description: 'Refused or failed.',
  content: { 'application/json': { schema: errorSchema } },
}
const binary = { schema: z.string().meta({ format: 'binary' }) }

export function openApiDocument(router: AnyRouter, version: string): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {}
  for (const facts of listProcedures(router)) paths[`/api/v1/${facts.path}`] = procedurePath(facts)
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'sam3-fleet centre',
      version,
      description: 'Ask a whole fleet of cameras in plain words; every answer says how complete it is.',
    },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{ token: [] }],
    paths: { ...paths, ...FILE_PATHS },
  })
}

function procedurePath(facts: ProcedureFacts): ZodOpenApiPathsObject[string] {
  const { path, type, meta, input, output } = facts
  const operation = (method: 'get' | 'post'): ZodOpenApiOperationObject => ({
    operationId: method === 'get' ? path : `${path}.post`,
    summary: meta.summary ?? path,
    description: `Needs the role ${meta.policy ?? 'admin'}.`,
    tags: [path.split('.')[0] ?? path],
    responses: {
      '200': {
        description: type === 'subscription' ? 'Events, each with this schema as its data.' : 'The answer.',
        content: {
          [type === 'subscription' ? 'text/event-stream' : 'application/json']: { schema: output },
        },
      },
      default: failure,
    },
  })
  const required = input !== null && !input.safeParse(undefined).success
  const post: ZodOpenApiOperationObject = {
    ...operation('post'),
    ...(input && { requestBody: { required, content: { 'application/json': { schema: input } } } }),
  }
  if (type === 'mutation') return { post: { ...post, operationId: path } }
  const get: ZodOpenApiOperationObject = {
    ...operation('get'),
    ...(input && {
      parameters: [
        {
          name: 'input',
          in: 'query',
          required,
          description: 'The input as JSON.',
          content: { 'application/json': { schema: jsonSchema(input) } },
        },
      ],
    }),
  }
  return { get, post }
}

/** A parameter takes plain JSON Schema (2020-12, which OpenAPI 3.1 speaks). */
function jsonSchema(schema: ZodType): oas31.SchemaObject {
  const { $schema: _, ...plain } = z.toJSONSchema(schema, { io: 'input' })
  return plain as oas31.SchemaObject
}

const FILE_PATHS: ZodOpenApiPathsObject = {
  '/media/{sha256}': {
    get: {
      operationId: 'media',
      summary: 'A crop by the hash of its content.',
      parameters: [{ name: 'sha256', in: 'path', required: true, schema: { type: 'string' } }],
      responses: {
        '200': { description: 'The picture; it never changes.', content: { 'image/webp': binary } },
        default: failure,
      },
    },
  },
  '/api/v1/uploads': {
    post: {
      operationId: 'uploads.create',
      summary: 'Gives a video or picture to one device; jobs.create then works it through.',
      parameters: [
        {
          name: 'x-file-name',
          in: 'header',
          required: true,
          description: 'URI-encoded.',
          schema: { type: 'string' },
        },
        { name: 'x-device-id', in: 'header', required: true, schema: { type: 'string' } },
      ],
      requestBody: { required: true, content: { 'application/octet-stream': binary } },
      responses: {
        '201': {
          description: 'The upload is kept.',
          content: { 'application/json': { schema: uploadSchema } },
        },
        default: failure,
      },
    },
  },
  '/api/v1/uploads/{id}': {
    get: {
      operationId: 'uploads.fetch',
      summary: 'The file of an upload, for the device that it was made for (HTTP Basic, its own credential).',
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
      responses: {
        '200': { description: 'The file.', content: { 'application/octet-stream': binary } },
        default: failure,
      },
    },
  },
  '/api/v1/import': {
    post: {
      operationId: 'import',
      summary:
        'Takes a file that a device exported (GET /api/v1/export?format=fleet there); may be repeated.',
      description: 'Needs the role admin.',
      requestBody: { required: true, content: { [BATCH_FILE_TYPE]: binary } },
      responses: {
        '200': {
          description: 'JSON lines, each the account so far; the last says whether everything was taken.',
          content: { [IMPORT_ANSWER_TYPE]: { schema: importLineSchema } },
        },
        default: failure,
      },
    },
  },
  '/api/v1/enrol': {
    post: {
      operationId: 'enrol',
      summary: 'Trades an enrolment token for the credentials of one device.',
      security: [],
      requestBody: { required: true, content: { 'application/json': { schema: enrolInputSchema } } },
      responses: {
        '201': {
          description: 'Credentials; shown once.',
          content: { 'application/json': { schema: enrolOutputSchema } },
        },
        default: failure,
      },
    },
  },
}
