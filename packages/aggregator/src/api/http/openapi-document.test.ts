import { expect, test } from 'vitest'
import { listProcedures } from '../procedures.ts'
import { appRouter } from '../router.ts'
import { openApiDocument } from './openapi-document.ts'

const document = JSON.parse(JSON.stringify(openApiDocument(appRouter, '1.2.3'))) as {
  openapi: string
  info: { title: string; version: string }
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> }
}
interface Operation {
  operationId: string
  parameters?: { name: string; in: string; required?: boolean; schema?: unknown; content?: unknown }[]
  requestBody?: { content: Record<string, { schema: unknown }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>
}
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

test('the document says what it is: OpenAPI 3.1 with title and version', () => {
  expect(document.openapi).toMatch(/^3\.1\./)
  expect(document.info).toMatchObject({ title: 'sam3-fleet centre', version: '1.2.3' })
})

for (const { path, type } of listProcedures(appRouter))
  test(`${path} is in the document with the methods that it answers to`, () => {
    const methods = Object.keys(document.paths[`/api/v1/${path}`] ?? {}).toSorted()
    expect(methods).toEqual(type === 'mutation' ? ['post'] : ['get', 'post'])
  })

test('every operation has its own id, described responses and parameters that are in its path', () => {
  const ids = operations.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { path, operation } of operations) {
    for (const [status, response] of Object.entries(operation.responses)) {
      expect(status).toMatch(/^[1-5]\d\d$|^default$/)
      expect(response.description).not.toBe('')
    }
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
    expect(inPath.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))
    for (const parameter of operation.parameters ?? [])
      expect(parameter.schema ?? parameter.content).toBeTypeOf('object')
  }
})

test('every reference leads to a component', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1])
  expect(references.length).toBeGreaterThan(0)
  for (const reference of references) {
    const name = reference?.replace('#/components/schemas/', '') ?? ''
    expect(Object.keys(document.components.schemas)).toContain(name)
  }
})

test('a search answer is documented with its coverage', () => {
  const schema =
    document.paths['/api/v1/search.find']?.['get']?.responses['200']?.content?.['application/json']
  expect(JSON.stringify(schema)).toContain('completeTo')
})
