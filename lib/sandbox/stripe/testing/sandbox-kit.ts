import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'

/** The official client pointed at a sandbox. */
export function clientOf(url: string, options: Partial<Stripe.StripeConfig> = {}): Stripe {
  const { hostname, port } = new URL(url)
  return new Stripe('sk_test_sandbox', {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
    timeout: 5_000,
    ...options,
  })
}

/** Calls the control surface; throws on anything but success. */
export async function control<T = Record<string, unknown>>(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const answer = await fetch(`${url}/_sandbox${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return JSON.parse(text)
}

/** A raw API call, form-encoded by hand. */
export async function call(
  url: string,
  method: string,
  path: string,
  { form = '', headers = {} as Record<string, string> } = {},
) {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: 'Bearer sk_test_sandbox',
      ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...headers,
    },
    ...(method === 'POST' ? { body: form } : {}),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) }
}

const verifier = new Stripe('sk_test_any').webhooks.signature!

export interface Heard {
  event: Stripe.Event
  /** Whether the official client accepts the signature. */
  isGenuine: boolean
}

/** A webhook endpoint that writes down what it hears and answers `status`. */
export async function startListener() {
  const heard: Heard[] = []
  const unreadable: { isGenuine: boolean }[] = []
  const state = { status: 200, secret: '' }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const genuine = isGenuine(body, request.headers['stripe-signature'], state.secret)
      const event = readJson(body)
      if (event) heard.push({ event, isGenuine: genuine })
      else unreadable.push({ isGenuine: genuine })
      response.writeHead(state.status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    heard,
    /** Bodies that are no JSON. */
    unreadable,
    state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    types: () => heard.map(({ event }) => event.type),
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  }
}

function readJson(body: string): Stripe.Event | null {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

function isGenuine(body: string, signature: string | string[] | undefined, secret: string): boolean {
  try {
    verifier.verifyHeader(body, String(signature), secret, 300)
    return true
  } catch {
    return false
  }
}

/** Waits until `isTrue` holds; fails after `timeoutSeconds`. */
export async function until(isTrue: () => boolean | Promise<boolean>, timeoutSeconds = 10): Promise<void> {
  const deadline = Date.now() + timeoutSeconds * 1000
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`Still not so after ${timeoutSeconds} s: ${isTrue}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A session for one line of `cents`. */
export function paymentSession(
  cents: number,
  more: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Stripe.Checkout.SessionCreateParams {
  return {
    mode: 'payment',
    success_url: 'http://127.0.0.1:9/paid?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://127.0.0.1:9/canceled',
    line_items: [
      { quantity: 1, price_data: { currency: 'usd', unit_amount: cents, product_data: { name: 'Credits' } } },
    ],
    adaptive_pricing: { enabled: false },
    ...more,
  }
}
