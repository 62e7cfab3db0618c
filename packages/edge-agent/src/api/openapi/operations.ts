// Short forms of what every operation of the document has in common.
import { z } from 'zod'
import type { ZodOpenApiOperationObject } from 'zod-openapi'
import { errorSchema } from '../error-schema.ts'

type Rest = Partial<ZodOpenApiOperationObject>

export const file = z.string().meta({ format: 'binary' })
export const byId: Rest = { requestParams: { path: z.object({ id: z.string() }) } }

const refused = {
  description: 'Refused: code, message and what to do',
  content: { 'application/json': { schema: errorSchema } },
}

/** An operation that answers with JSON. */
export function answers(
  summary: string,
  schema: z.ZodType,
  rest: Rest = {},
  status: `${1 | 2}${string}` = '200',
): ZodOpenApiOperationObject {
  return {
    summary,
    ...rest,
    responses: {
      [status as '200']: { description: 'Done', content: { 'application/json': { schema } } },
      default: refused,
    },
  }
}

/** An operation that answers with bytes of one of these types. */
export function bytes(summary: string, contentTypes: string[], rest: Rest = {}): ZodOpenApiOperationObject {
  const content = Object.fromEntries(contentTypes.map((type) => [type, { schema: file }]))
  return { summary, ...rest, responses: { '200': { description: 'Done', content }, default: refused } }
}

/** An operation that answers with nothing. */
export function nothing(summary: string, rest: Rest = {}): ZodOpenApiOperationObject {
  return { summary, ...rest, responses: { '204': { description: 'Done' }, default: refused } }
}

export const query = (schema: z.ZodObject): Rest => ({ requestParams: { query: schema } })
export const form = (schema: z.ZodType): Rest => ({
  requestBody: { required: true, content: { 'multipart/form-data': { schema } } },
})
export const body = (schema: z.ZodType, { required = true } = {}): Rest => ({
  requestBody: { required, content: { 'application/json': { schema } } },
})
