import type { IncomingMessage, ServerResponse } from 'node:http'
import * as z from 'zod'
import { runDueChores } from '../chores'
import { StripeError } from '../http/errors'
import { readBody } from '../http/read-body'
import type { ServerParts } from '../http/server-parts'
import { controlRoutes } from './control-routes'

/** Answers the control surface: JSON in and out, no key, but only for programs on this machine. */
export async function answerControl(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(`${JSON.stringify(body, null, 2)}\n`)
  }
  if (!isLocalProgram(request)) return send(403, { error: 'Only programs on this machine may steer the sandbox.' })

  for (const { method, pattern, run } of controlRoutes) {
    const match = request.method === method ? pattern.exec(path) : null
    if (!match) continue
    const text = await readBody(request)
    try {
      const result = await run(parts, JSON.parse(text || '{}'), match[1] ?? '')
      runDueChores(parts.world)
      await parts.world.store.flush()
      return result === undefined ? send(404, { error: 'No such object.' }) : send(200, result)
    } catch (error) {
      const problem = describeProblem(error)
      if (!problem) throw error
      return send(400, { error: problem })
    }
  }
  return send(404, {
    error: `The sandbox has no ${request.method} ${path}; lib/sandbox/stripe/README.md lists what it has.`,
  })
}

/** A web page must not reach the surface through the browser of somebody on this machine. */
function isLocalProgram(request: IncomingMessage): boolean {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '')
  return ['127.0.0.1', 'localhost'].includes(host) && request.headers.origin === undefined
}

function describeProblem(error: unknown): string | null {
  if (error instanceof z.ZodError) return z.prettifyError(error)
  if (error instanceof StripeError || error instanceof SyntaxError) return error.message
  return null
}
