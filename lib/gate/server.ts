/** The gate's HTTP server: one listener over node:http, because a request through a framework costs half of its speed. */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Refusal, type RefusalCode } from '@/lib/core/errors'
import { log } from '@/lib/edges/log'
import { problemFor } from '@/lib/http/problems'
import { answer } from './answer'
import { rateHeadersOf } from './rate-limit'
import { CallerGone } from './read-body'
import { closeReader } from './reader'
import { MethodNotAllowed } from './route-table'

const headersMs = 10_000
const requestMs = 30_000
/** Longer than load balancers keep a connection, so that it is they who end it. */
const keepAliveMs = 75_000

const processName = randomBytes(4).toString('hex')
let requests = 0

/** The public API, ready to listen. */
export function gateServer(): Server {
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: 5_000,
      // A header that stands twice reads as a list, which no header of ours is: it fits nothing.
      joinDuplicateHeaders: true,
    },
    (request, response) => void serve(server, request, response),
  )
  server.on('clientError', refuseBrokenRequest)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return server
}

const sockets = new Set<Socket>()

/** Takes no new connection, answers what has begun to arrive, and resolves when that is done. */
export async function stopServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  // To node a connection is not idle before its first request.
  for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
  await closed
  await closeReader()
}

async function serve(server: Server, request: IncomingMessage, response: ServerResponse): Promise<void> {
  requests += 1
  const id = `${processName}-${requests}`
  try {
    const result = await answer(request)
    if (typeof result === 'string') write(server, response, { id, status: 200, type: 'application/json', text: result })
    else {
      const { status, body, headers } = result
      write(server, response, { id, status, type: 'application/json', text: JSON.stringify(body), headers })
    }
  } catch (error) {
    if (error instanceof CallerGone) return
    refuse(server, request, response, id, error)
  }
}

function refuse(server: Server, request: IncomingMessage, response: ServerResponse, id: string, error: unknown): void {
  const { rate_limit: _, ...facts } = error instanceof Refusal ? error.facts : {}
  const { status, headers, body } = problemFor(error instanceof Refusal ? new Refusal(error.code, facts) : error)
  if (status >= 500)
    log.warn({ requestId: id, method: request.method, status, code: body.code }, 'the gate could not answer')
  write(server, response, {
    id,
    status,
    type: 'application/problem+json',
    text: JSON.stringify(body),
    headers: [
      ...(headers['retry-after'] ? ['retry-after', headers['retry-after']] : []),
      ...(status === 401 ? ['www-authenticate', 'Bearer'] : []),
      ...(error instanceof MethodNotAllowed ? ['allow', error.allowed.join(', ')] : []),
      ...(error instanceof Refusal ? rateHeadersOf(error) : []),
    ],
  })
}

interface Written {
  id: string
  status: number
  type: string
  text: string
  headers?: string[] | undefined
}

function write(server: Server, response: ServerResponse, { id, status, type, text, headers = [] }: Written): void {
  response.writeHead(status, [
    'content-type',
    type,
    'content-length',
    String(Buffer.byteLength(text)),
    'cache-control',
    'no-store',
    'x-content-type-options',
    'nosniff',
    'x-request-id',
    id,
    ...headers,
    // A server that stops takes no further request on this connection.
    ...(server.listening ? [] : ['connection', 'close']),
  ])
  response.end(text)
}

/** What cannot be read as HTTP, or takes too long to arrive, never becomes a request: it is answered on the socket. */
function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  const answering = (socket as { _httpMessage?: ServerResponse })._httpMessage
  if (error.code === 'ECONNRESET' || !socket.writable || answering?.headersSent) {
    socket.destroy()
    return
  }
  const [code, message] = brokenBecause(error.code)
  const { status, body } = problemFor(new Refusal(code, { message }))
  const text = JSON.stringify(body)
  socket.end(
    [
      `HTTP/1.1 ${status} ${body.title}`,
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(text)}`,
      'cache-control: no-store',
      'connection: close',
      '',
      text,
    ].join('\r\n'),
  )
}

function brokenBecause(code: string | undefined): [RefusalCode, string] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return ['request_timeout', `The request must arrive within ${requestMs / 1000} seconds. Nothing was charged.`]
  }
  if (code === 'HPE_HEADER_OVERFLOW') return ['headers_too_large', 'The headers may have at most 16 KB together.']
  return ['invalid_request', 'The request is not HTTP that we can read. Nothing was charged.']
}
