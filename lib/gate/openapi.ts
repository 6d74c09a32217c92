/** The OpenAPI 3.1 document, made of the routes and the schemas that validate. */
import * as z from 'zod'
import type { RefusalCode } from '@/lib/core/errors'
import { problemKinds } from '@/lib/http/problems'
import type { Form } from './form'
import type { Route } from './route'
import { problem } from './schemas'

type Json = Record<string, unknown>

const schemaPath = (name: string) => `#/components/schemas/${name}`

const options = {
  // A field with a default may be left out of a request; answers have no defaults.
  io: 'input',
  // Formats say it better than the long patterns that zod checks them with.
  override: ({ jsonSchema }: { jsonSchema: Json }) => {
    if (jsonSchema.format !== undefined) delete jsonSchema.pattern
  },
} as const

/** The document of these routes, as JSON text. */
export function openApiDocument(routes: Route[]): string {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    paths[route.path] ??= {}
    paths[route.path]![route.method.toLowerCase()] = operation(route)
  }
  return JSON.stringify({
    openapi: '3.1.0',
    info: {
      title: 'Purse API',
      version: '1',
      description:
        'Hold, settle and report usage against prepaid credit. Amounts are decimal strings in US dollars, exact to the nano-dollar. Errors are RFC 9457 problems with a stable `code`. Every call may be repeated: your own keys and ids tell a repeat apart.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/', description: 'This server' }],
    tags: tags.map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: componentSchemas(),
      headers: headerComponents,
      securitySchemes: {
        serviceKey: {
          type: 'http',
          scheme: 'bearer',
          description:
            "A service key of the platform, purse_sk_…: `npm run keys -- create NAME` makes one. Where x-api-key-scope says so, an account's own API key, purse_ak_…, with that scope will do, for that account alone.",
        },
      },
    },
  })
}

const tags = [
  ['Authorizations', 'Hold credit before a request runs, keep the hold while it streams, settle what it used.'],
  ['Usage', 'Report usage after the fact, in batches.'],
  ['Leases', 'Set credit aside for a gateway that decides in its own memory.'],
  ['Balance and prices', 'Read what an account has and what a model costs.'],
  ['Service', 'The gate itself.'],
]

function componentSchemas(): Record<string, Json> {
  const { schemas } = z.toJSONSchema(z.globalRegistry, { ...options, uri: schemaPath })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, withWholeAlternatives(bare(schema))]),
  )
}

/**
 * "One of these sets of fields is needed", said as whole objects: generators make a type of each, where they make nothing of a
 * bare list of names.
 */
function withWholeAlternatives({ anyOf, ...schema }: Json): Json {
  if (!Array.isArray(anyOf)) return schema
  const always = (schema.required ?? []) as string[]
  const { description, ...whole } = schema
  return {
    ...(description ? { description } : {}),
    anyOf: (anyOf as { required: string[] }[]).map(({ required }) => ({
      ...whole,
      required: [...new Set([...always, ...required])],
    })),
  }
}

function bare(schema: object): Json {
  const { $schema: _, $id: __, ...rest } = schema as Json
  return rest
}

/** A schema as it stands in an operation: a reference when it has a name. */
function inline(schema: z.ZodType): Json {
  const name = z.globalRegistry.get(schema)?.id
  if (name) return { $ref: schemaPath(name) }
  if (schema instanceof z.ZodUnion) return { anyOf: schema.options.map((each) => inline(each as z.ZodType)) }
  if (schema instanceof z.ZodArray) return { type: 'array', items: inline(schema.element as z.ZodType) }
  return bare(z.toJSONSchema(schema, options))
}

function operation(route: Route): Json {
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description && { description: route.description }),
    security: route.scope ? [{ serviceKey: [] }] : [],
    ...(route.isForApiKeys && { 'x-api-key-scope': 'read' }),
    ...(route.scope && { 'x-scope': route.scope }),
    parameters: [
      ...parameters('path', route.params),
      ...parameters('query', route.query),
      ...parameters('header', route.headers),
    ],
    ...(route.body && {
      requestBody: {
        description: `At most ${route.body.mostBytes / 1_000_000} MB, in UTF-8.`,
        required: !route.body.isOptional,
        content: Object.fromEntries([...route.body.forms].map(([type, form]) => [type, content(form)])),
      },
    }),
    responses: { ...answers(route), ...refusals(route) },
  }
}

function parameters(place: 'path' | 'query' | 'header', schema: z.ZodObject | undefined): Json[] {
  if (!schema) return []
  return Object.entries(schema.shape).map(([name, part]) => {
    const { description, examples, ...rest } = bare(z.toJSONSchema(part as z.ZodType, options))
    return {
      name,
      in: place,
      required: place === 'path',
      ...(description ? { description } : {}),
      ...(Array.isArray(examples) ? { example: examples[0] } : {}),
      schema: rest,
    }
  })
}

const content = ({ schema, examples }: Pick<Form<unknown>, 'schema' | 'examples'>): Json => ({
  schema: inline(schema),
  examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])),
})

function answers({ answers, tellsRate }: Route): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, ...form }]) => [
      status,
      {
        description,
        headers: headers(['X-Request-Id', ...(tellsRate ? rateHeaderNames : [])]),
        content: { 'application/json': content(form) },
      },
    ]),
  )
}

/** What any request may be refused with. */
function usualRefusals({ body, path, scope }: Route): RefusalCode[] {
  return [
    ...(scope ? (['key_required', 'not_allowed'] as const) : []),
    ...(body ? (['invalid_request', 'unsupported_content_type', 'body_too_large', 'request_timeout'] as const) : []),
    ...(path === '/v1/health' ? [] : (['temporarily_unavailable'] as const)),
  ]
}

/** One response for each status, with the codes that share it. */
function refusals(route: Route): Json {
  const byStatus = new Map<number, RefusalCode[]>()
  for (const code of new Set([...usualRefusals(route), ...route.refusals])) {
    const { status } = problemKinds[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  const responses: Json = {
    500: {
      ...response(500, 'internal_error: something broke on our side; quote the reference'),
      content: problemContent(500, 'internal_error', 'Something broke on our side'),
    },
  }
  for (const [status, codes] of byStatus) {
    const { title } = problemKinds[codes[0]!]
    responses[status] = {
      ...response(status, codes.map((code) => `${code}: ${problemKinds[code].title}`).join('. '), route.tellsRate),
      content: problemContent(status, codes[0]!, title),
    }
  }
  return responses
}

const retried = [429, 503]
/** A decision was made, so the rate is known. */
const decided = [402, 403, 422, 429]

function response(status: number, description: string, tellsRate = false): Json {
  return {
    description,
    headers: headers([
      'X-Request-Id',
      ...(retried.includes(status) ? ['Retry-After'] : []),
      ...(status === 401 ? ['WWW-Authenticate'] : []),
      ...(tellsRate && decided.includes(status) ? rateHeaderNames : []),
    ]),
  }
}

const problemContent = (status: number, code: string, title: string): Json => ({
  'application/problem+json': {
    schema: inline(problem),
    examples: { [code]: { value: { type: `urn:purse:problem:${code}`, title, status, detail: `${title}.`, code } } },
  },
})

const headerComponents: Record<string, Json> = {
  'X-Request-Id': { description: 'Names this request in our log', schema: { type: 'string' } },
  'Retry-After': { description: 'Seconds', schema: { type: 'integer', minimum: 1 } },
  'WWW-Authenticate': { description: 'Bearer', schema: { type: 'string' } },
  'RateLimit-Policy': {
    description:
      'The limits of the account: q requests, and q tokens of the model that the request names, in w seconds (draft-ietf-httpapi-ratelimit-headers-10)',
    schema: { type: 'string' },
    example:
      '"requests";q=6000;w=60, "tokens-prompt";q=3600000;w=60;qu="tokens", "tokens-prompt-uncached";q=900000;w=60;qu="tokens", "tokens-generated";q=36000;w=60;qu="tokens"',
  },
  RateLimit: {
    description: 'What remains of them: r; t seconds until they begin anew',
    schema: { type: 'string' },
    example:
      '"requests";r=5999;t=42, "tokens-prompt";r=3598800;t=42, "tokens-prompt-uncached";r=898800;t=42, "tokens-generated";r=35500;t=42',
  },
  'x-ratelimit-limit-requests': { description: 'Requests in a minute', schema: { type: 'integer' } },
  'x-ratelimit-remaining-requests': { description: 'What remains of them', schema: { type: 'integer' } },
  'x-ratelimit-reset-requests': { description: 'Seconds until the limit begins anew', schema: { type: 'integer' } },
  ...tokenHeaders('tokens-prompt', 'Prompt tokens of the model'),
  ...tokenHeaders('tokens-prompt-uncached', 'Prompt tokens of the model that no cache has'),
  ...tokenHeaders('tokens-generated', 'Generated tokens of the model'),
}

/** Left out of an answer about a request that names no model. */
function tokenHeaders(name: string, what: string): Record<string, Json> {
  const integer = { type: 'integer' }
  return {
    [`x-ratelimit-limit-${name}`]: { description: `${what} in a minute`, schema: integer },
    [`x-ratelimit-remaining-${name}`]: { description: 'What remains of them', schema: integer },
    [`x-ratelimit-reset-${name}`]: { description: 'Seconds until the limit begins anew', schema: integer },
  }
}

const rateHeaderNames = Object.keys(headerComponents).filter((name) => /ratelimit/i.test(name))

const headers = (names: string[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
