import { OpenAPIHono } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { authenticateServiceKey } from '@/lib/domain/api-keys'
import { invalidInput } from '@/lib/http/invalid-input'
import { problemFor } from '@/lib/http/problems'
import { addRoutes, callerIp, type GateEnv } from './routes'

const bodyLimitBytes = 1_000_000
const batchLimitBytes = 5_000_000
const publicPaths = new Set(['/v1/prices', '/v1/openapi.json', '/v1/health'])

const tooLarge = (most: string) => () => {
  throw new Refusal('body_too_large', {
    message: `The body may have at most ${most}. Nothing was read. Send it in parts.`,
  })
}

/** The public API as an app that can be served or called in a test. */
export function gateApp(): OpenAPIHono<GateEnv> {
  const app = new OpenAPIHono<GateEnv>({
    defaultHook: (result) => {
      if (!result.success) throw invalidInput(result.error)
    },
  })

  app.use(async (c, next) => {
    c.header('x-request-id', newId())
    c.header('cache-control', 'no-store')
    c.header('x-content-type-options', 'nosniff')
    await next()
  })
  app.use('/v1/*', async (c, next) => {
    if (!publicPaths.has(c.req.path)) {
      c.set('actor', await authenticateServiceKey(c.req.header('authorization'), callerIp(c)))
    }
    await next()
  })
  app.use('/v1/*', async (c, next) => {
    const hasBody = c.req.method === 'POST' && !c.req.path.endsWith('/release')
    if (hasBody && !/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) {
      throw new Refusal('unsupported_content_type', {
        message: 'Send the body as JSON with "Content-Type: application/json".',
      })
    }
    await next()
  })
  const limit = bodyLimit({ maxSize: bodyLimitBytes, onError: tooLarge('1 MB') })
  const batchLimit = bodyLimit({ maxSize: batchLimitBytes, onError: tooLarge('5 MB') })
  app.use('/v1/*', (c, next) => (c.req.path === '/v1/usage' ? batchLimit(c, next) : limit(c, next)))

  addRoutes(app)
  app.get('/v1/health', (c) => c.json({ ok: true }))
  app.openAPIRegistry.registerComponent('securitySchemes', 'serviceKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'A service key of the platform: purse_sk_…',
  })
  app.doc31('/v1/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Purse API',
      version: '1',
      description:
        'Hold, settle and report usage against prepaid credit. Amounts are decimal strings; errors are RFC 9457 problems.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/' }],
  })

  app.notFound((c) => {
    throw new Refusal('not_found', {
      message: `There is no ${c.req.method} ${c.req.path}. GET /v1/openapi.json lists what there is.`,
    })
  })
  app.onError((error, c) => {
    const { status, headers, body } = problemFor(asRefusal(error))
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    return c.body(JSON.stringify(body), status as ContentfulStatusCode)
  })
  return app
}

/** What Hono itself throws for a body that is no JSON. */
function asRefusal(error: unknown): unknown {
  if (error instanceof HTTPException && error.status === 400) {
    return new Refusal('invalid_request', {
      field: 'body',
      message: 'The body is not valid JSON. Nothing was charged.',
    })
  }
  return error
}
