import Ajv from 'ajv/dist/2020'
import { describe, expect, test } from 'vitest'
import { openApiDocument } from './openapi'
import { routes } from './routes'

// biome-ignore lint/suspicious/noExplicitAny: the document is JSON
const document: any = JSON.parse(openApiDocument(routes))
const ajv = new Ajv({
  strict: false,
  formats: {
    uuid: /^[0-9a-f-]{36}$/i,
    'date-time': (text: string) => !Number.isNaN(Date.parse(text)),
    'uri-reference': true,
  },
})
ajv.addSchema(document, 'api')

const pointer = (...parts: string[]) =>
  `api#/${encodeURI(parts.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/'))}`

// biome-ignore lint/suspicious/noExplicitAny: the document is JSON
type Operation = { path: string; method: string; facts: any }
const operations: Operation[] = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, facts]) => ({ path, method, facts })),
)

/** Every object and array in the document. */
function* nodes(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return
  yield value as Record<string, unknown>
  for (const child of Object.values(value)) yield* nodes(child)
}

describe('the OpenAPI document', () => {
  test('names every schema by JSON Schema 2020-12, and each reference leads somewhere', () => {
    expect(document.openapi).toBe('3.1.0')
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      expect(ajv.validateSchema(schema as object), `${name}: ${ajv.errorsText()}`).toBe(true)
      expect(ajv.getSchema(pointer('components', 'schemas', name)), name).toBeDefined()
    }
    for (const { $ref } of nodes(document)) {
      if (typeof $ref !== 'string') continue
      const target = $ref
        .slice(2)
        .split('/')
        .reduce((place, part) => place?.[part], document)
      expect(target, $ref).toBeDefined()
    }
  })

  test('gives every operation a name of its own, a tag that is described, and its answers', () => {
    const names = operations.map(({ facts }) => facts.operationId)
    expect(new Set(names).size).toBe(names.length)
    const tags = document.tags.map(({ name }: { name: string }) => name)
    for (const { path, method, facts } of operations) {
      const { summary, tags: own, responses, security, requestBody, parameters } = facts
      const statuses = Object.keys(responses)
      expect({ path, summary, own }).toEqual({ path, summary: expect.any(String), own: [expect.toBeOneOf(tags)] })
      expect(statuses.some((status) => status.startsWith('2'))).toBe(true)
      expect(statuses).toContain('500')
      if (security.length > 0) expect(statuses).toEqual(expect.arrayContaining(['401', '403', '503']))
      if (method === 'post') {
        expect(requestBody, path).toBeDefined()
        expect(statuses).toEqual(expect.arrayContaining(['400', '408', '413', '415']))
      }
      const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1])
      const declared = parameters.filter((parameter: { in: string }) => parameter.in === 'path')
      expect(declared.map(({ name }: { name: string }) => name)).toEqual(inPath)
      if (inPath.length > 0) expect(statuses).toContain('404')
    }
  })

  test('shows examples that its own schemas accept', () => {
    let checked = 0
    for (const { path, method, facts } of operations) {
      const { requestBody, responses } = facts
      const places: [string[], { content: Record<string, { examples: Record<string, { value: unknown }> }> }][] = [
        ...(requestBody ? [[['requestBody'], requestBody] as never] : []),
        ...Object.entries(responses).map(([status, response]) => [['responses', status], response] as never),
      ]
      for (const [place, { content }] of places) {
        for (const [type, { examples }] of Object.entries(content)) {
          // Lines are text; their schema is that of one line.
          const isLines = type === 'application/x-ndjson'
          for (const [name, { value }] of Object.entries(examples)) {
            const shown = isLines ? JSON.parse(value as string) : value
            const $ref = pointer('paths', path, method, ...place, 'content', type, 'schema')
            expect(ajv.validate({ $ref }, shown), `${method} ${path} ${type} ${name}: ${ajv.errorsText()}`).toBe(true)
            checked += 1
          }
        }
      }
    }
    expect(checked).toBeGreaterThan(80)
  })
})
