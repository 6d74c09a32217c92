/** The gate over real HTTP, held to its own document: each answer must have a documented status, type and shape. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Ajv from 'ajv/dist/2020'
import { expect } from 'vitest'
import { createServiceKey } from '@/lib/domain/api-keys'
import { gateServer } from '@/lib/gate/server'
import { tester } from './builders'

export interface GateAnswer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: what it is, is what tests find out
  body: any
}

interface CallOptions {
  /** Sent as JSON. */
  json?: unknown
  /** Sent as it is. */
  raw?: string | Uint8Array | ReadableStream
  headers?: Record<string, string>
  /** Another key than the gate's; null for none. */
  key?: string | null
}

export interface TestGate {
  url: string
  key: string
  server: Server
  // biome-ignore lint/suspicious/noExplicitAny: the document is JSON
  document: any
  get: (path: string, options?: CallOptions) => Promise<GateAnswer>
  post: (path: string, json?: unknown, options?: CallOptions) => Promise<GateAnswer>
  call: (method: string, path: string, options?: CallOptions) => Promise<GateAnswer>
  close: () => Promise<void>
}

/** A gate on a free port with a service key for everything. */
export async function aGate(): Promise<TestGate> {
  const server = gateServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { key } = await createServiceKey(tester, { name: 'test', scopes: ['usage:write', 'balance:read'] })
  const document = await (await fetch(`${url}/v1/openapi.json`)).json()
  const expectDocumented = checkerOf(document)

  const call: TestGate['call'] = async (method, path, options = {}) => {
    const bearer = options.key === undefined ? key : options.key
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        ...('json' in options ? { 'content-type': 'application/json' } : {}),
        ...options.headers,
      },
      body: 'json' in options ? JSON.stringify(options.json) : ((options.raw as BodyInit) ?? null),
      ...(options.raw instanceof ReadableStream ? { duplex: 'half' } : {}),
    } as RequestInit)
    const text = await response.text()
    const answer = { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
    expectDocumented(method, path, answer)
    return answer
  }
  return {
    url,
    key,
    server,
    document,
    call,
    get: (path, options) => call('GET', path, options),
    post: (path, json, options) => call('POST', path, json === undefined ? options : { json, ...options }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Formats that the document names; what fills them is checked by the tests themselves. */
const formats = { uuid: true, 'date-time': true, 'uri-reference': true } as const

// biome-ignore lint/suspicious/noExplicitAny: the document is JSON
function checkerOf(document: any) {
  const ajv = new Ajv({ strict: false, formats })
  ajv.addSchema(document, 'api')
  const paths = Object.keys(document.paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
  }))
  return (method: string, address: string, { status, headers, body }: GateAnswer) => {
    const path = paths.find(({ pattern }) => pattern.test(address.split('?')[0]!))?.path
    const operation = path && document.paths[path][method.toLowerCase()]
    if (!operation) return
    const what = `${method} ${path} ${status} ${JSON.stringify(body)}`
    const response = operation.responses[status]
    expect(response, `${what} is not documented`).toBeDefined()
    const type = headers.get('content-type')!
    expect(Object.keys(response.content), `${what} has another type`).toContain(type)
    const place = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema']
    const pointer = place.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')
    const isValid = ajv.validate({ $ref: `api#/${encodeURI(pointer)}` }, body)
    expect(isValid, `${what}: ${ajv.errorsText()}`).toBe(true)
  }
}
