/**
 * A small OpenAI-compatible server behind the gate: it makes its words up, and counts and charges them for real.
 *   node --import tsx examples/inference-gateway/server.ts
 * See README.md in this folder; the flags are described in settings.ts.
 */
import { readFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type AccountName, accountOfApiKey, openaiError, openaiStream, PurseClient } from '../../lib/sdk/index'
import { countTokens, streamCompletion, wholeCompletion } from './model'
import { BadRequest, readRequest } from './request'
import { payerOf, readSettings, type Settings } from './settings'

const mostBodyBytes = 1_000_000
const page = readFileSync(path.join(import.meta.dirname, 'page.html'), 'utf8')
const pagePolicy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'"

/** The server, ready to listen. */
export function inferenceGateway(settings: Settings): http.Server {
  const purse = new PurseClient({ baseUrl: settings.gateUrl, apiKey: settings.serviceKey })
  return http.createServer(async (request, response) => {
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const answer = await answerTo(request, { settings, purse, gone: gone.signal }).catch(errorAnswer)
    response.writeHead(answer.status, { 'cache-control': 'no-store', ...Object.fromEntries(answer.headers) })
    // A caller who leaves ends the pipeline, which cancels the stream, which settles what was delivered.
    if (answer.body) await pipeline(Readable.fromWeb(answer.body as never), response).catch(() => response.destroy())
    else response.end()
  })
}

interface Context {
  settings: Settings
  purse: PurseClient
  gone: AbortSignal
}

async function answerTo(request: http.IncomingMessage, context: Context): Promise<Response> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  const route = `${request.method} ${pathname}`
  if (route === 'GET /') {
    return new Response(page, {
      headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy },
    })
  }
  if (route === 'GET /demo') {
    const { accountOfKey, demoAccounts, dashboardUrl } = context.settings
    return Response.json({ accounts: accountOfKey ? [] : Object.keys(demoAccounts), dashboardUrl })
  }
  if (route === 'GET /v1/models') {
    const prices = await context.purse.prices()
    return Response.json({
      object: 'list',
      data: prices.map((price) => ({ id: price.model, object: 'model', created: 0, owned_by: 'example', price })),
    })
  }
  if (route !== 'POST /v1/chat/completions' && route !== 'GET /v1/credit') {
    return errorOf(404, 'not_found', `There is no ${route}.`)
  }
  const payer = payerOf(context.settings, request.headers.authorization)
  if (!payer) return errorOf(401, 'invalid_api_key', 'Send a key of this server: "Authorization: Bearer …".')
  if (route === 'GET /v1/credit') return Response.json(await creditOf(payer, context))
  return complete(await readJson(request), payer, request.headers['x-purse-progress'] !== undefined, context)
}

/** What the caller's account has: asked with the caller's own key, when they have one. */
function creditOf({ accountId, apiKey }: AccountName, { settings, purse }: Context) {
  if (apiKey === undefined) return purse.balance(accountId)
  return new PurseClient({ baseUrl: settings.gateUrl, apiKey }).balance(accountOfApiKey(apiKey)!)
}

async function complete(body: unknown, payer: AccountName, showProgress: boolean, { purse, gone }: Context) {
  const asked = readRequest(body)
  return openaiStream(
    purse,
    {
      ...payer,
      model: asked.model,
      inputTokens: asked.inputTokens,
      maxOutputTokens: asked.maxOutputTokens,
      stream: asked.isStream,
      countTokens,
      reportEveryTokens: 20,
      reportEveryMs: 1_000,
      signal: gone,
      showProgress,
    },
    async (signal) => (asked.isStream ? streamCompletion(asked, signal) : wholeCompletion(asked, signal)),
  )
}

async function readJson(request: http.IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request) {
    bytes += part.length
    if (bytes > mostBodyBytes) throw new BadRequest('body', `The body may have at most ${mostBodyBytes} bytes.`)
    parts.push(part)
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'))
  } catch {
    throw new BadRequest('body', 'The body is not valid JSON.')
  }
}

function errorAnswer(error: unknown): Response {
  return error instanceof BadRequest ? errorOf(400, 'invalid_request', error.message, error.param) : openaiError(error)
}

const errorOf = (status: number, code: string, message: string, param: string | null = null) =>
  Response.json({ error: { message, type: 'invalid_request_error', param, code } }, { status })

if (process.argv[1] && path.resolve(process.argv[1]) === import.meta.filename) {
  try {
    const settings = readSettings()
    const server = inferenceGateway(settings).listen(settings.port, settings.host, () => {
      const { port } = server.address() as AddressInfo
      console.log(`The example is listening: http://${settings.host}:${port} (gate: ${settings.gateUrl})`)
      if (!settings.accountOfKey) console.log('No --keys: anybody who reaches it may spend for any account (acct_…).')
    })
    server.on('error', (error) => {
      console.error(`${error.message}. Name another port: --port 8089`)
      process.exit(1)
    })
    process.once('SIGTERM', () => server.close(() => process.exit(0)))
  } catch (error) {
    console.error((error as Error).message)
    process.exit(1)
  }
}
