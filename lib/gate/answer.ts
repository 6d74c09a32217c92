/** From a request to its answer: route, key, content type, body, verb. */
import type { IncomingMessage } from 'node:http'
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { authenticateServiceKey, resolveApiKey } from '@/lib/domain/api-keys'
import { openApiDocument } from './openapi'
import { readBody } from './read-body'
import { readLarge } from './reader'
import type { ReadOrder } from './reader/orders'
import type { Answer, Call, Route } from './route'
import { RouteTable } from './route-table'
import { routes } from './routes'

const document = '/v1/openapi.json'
const table = new RouteTable(routes)
let documentText: string | undefined

/** @throws Refusal; CallerGone. */
export async function answer(request: IncomingMessage): Promise<Answer | string> {
  const { method = 'GET', url = '/', headers } = request
  const mark = url.indexOf('?')
  const pathname = mark < 0 ? url : url.slice(0, mark)
  if (pathname === document && (method === 'GET' || method === 'HEAD')) {
    documentText ??= openApiDocument(routes)
    return documentText
  }
  const { route, path } = table.find(method, pathname)
  const actor = route.scope ? await authenticate(route, request) : visitor
  const call: Call = { actor, path, query: new URLSearchParams(mark < 0 ? '' : url.slice(mark)), headers }
  return route.run(call, await bodyOf(request, route, call))
}

/** The platform's gateway; or a program of an account, where its own key may read. */
async function authenticate({ isForApiKeys }: Route, { headers, socket }: IncomingMessage): Promise<Actor> {
  const key = /^Bearer (purse_ak_\S+)$/i.exec(headers.authorization ?? '')?.[1]
  const resolved = key ? await resolveApiKey(key) : null
  // No key in force: one answer for all of them.
  if (!resolved) return authenticateServiceKey(headers.authorization, socket.remoteAddress)
  if (isForApiKeys) return { kind: 'api_key', ...resolved, ip: socket.remoteAddress }
  throw new Refusal('not_allowed', {
    message:
      "An account's API key reads balance and usage. This needs the platform's service key. Nothing was charged.",
  })
}

const visitor = { kind: 'visitor' } as const

async function bodyOf(request: IncomingMessage, { operationId, body: expected }: Route, call: Call): Promise<unknown> {
  if (!expected) return undefined
  const { headers } = request
  const isEmpty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0
  if (isEmpty && expected.isOptional) return undefined
  const type = mediaType(headers['content-type'])
  const form = expected.forms.get(type)
  if (!form || !isPlain(headers['content-encoding'])) throw unsupported([...expected.forms.keys()])
  const { look, read } = form.reader(call)
  const arrived = await readBody(request, expected.mostBytes, look)
  if ('bytes' in arrived) return arrived.bytes.length === 0 && expected.isOptional ? undefined : read(arrived.bytes)
  try {
    return await readLarge({ operation: operationId as ReadOrder['operation'], type, blocks: arrived.blocks }, call)
  } finally {
    arrived.letGo()
  }
}

/** The type without its parameters; '' for a charset other than UTF-8. */
function mediaType(header = ''): string {
  if (!header.includes(';')) return header.trim().toLowerCase()
  const [type, ...parameters] = header.toLowerCase().split(';')
  const charset = parameters.find((parameter) => parameter.trim().startsWith('charset='))
  const isReadable = charset === undefined || /=\s*"?(utf-?8|us-ascii)"?\s*$/.test(charset)
  return isReadable ? type!.trim() : ''
}

const isPlain = (encoding: string | undefined) => encoding === undefined || encoding === 'identity'

const unsupported = (types: string[]) =>
  new Refusal('unsupported_content_type', {
    message: `Send the body uncompressed and in UTF-8, as "Content-Type: ${types.join('", "')}". Nothing was charged.`,
  })
