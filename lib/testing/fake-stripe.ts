/** A server in Stripe's place that gives exactly the answers that a test wants: what does the official client make of them? */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { resetEnv } from '@/lib/edges/env'

export interface Asked {
  method: string
  url: URL
  body: URLSearchParams
  /** The idempotency key. */
  key: string | undefined
}

export type Answer = (response: http.ServerResponse, asked: Asked) => unknown

export interface FakeStripe {
  /** Gives this answer to every request from now on, and forgets those that were made. */
  answerWith: (answer: Answer) => void
  /** The requests since then. */
  readonly requests: Asked[]
  close: () => void
}

/** Starts one on a port of its own; this process asks it as if it were Stripe. */
export async function aFakeStripe(): Promise<FakeStripe> {
  let answer: Answer = answerError(500, { type: 'api_error' })
  let requests: Asked[] = []
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = await request.toArray()
    const asked = {
      method: request.method!,
      url: new URL(request.url!, 'http://stripe'),
      body: new URLSearchParams(Buffer.concat(chunks).toString()),
      key: request.headers['idempotency-key'] as string | undefined,
    }
    requests.push(asked)
    answer(response, asked)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  Object.assign(process.env, {
    DATABASE_URL: process.env.DATABASE_URL || 'postgres://unused',
    STRIPE_SECRET_KEY: 'sk_test_answers',
    STRIPE_API_HOST: '127.0.0.1',
    STRIPE_API_PORT: String((server.address() as AddressInfo).port),
    STRIPE_API_PROTOCOL: 'http',
  })
  resetEnv()
  return {
    answerWith: (next) => {
      answer = next
      requests = []
    },
    get requests() {
      return requests
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

export const answerJson =
  (status: number, body: unknown): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

/** An error in Stripe's words. */
export const answerError = (status: number, details: object): Answer =>
  answerJson(status, { error: { message: 'No.', ...details } })
