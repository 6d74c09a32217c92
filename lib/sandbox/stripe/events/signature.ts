import { createHmac } from 'node:crypto'

/** The `Stripe-Signature` header for a body. Signed with real time, so that receivers' five-minute tolerance holds. */
export function signPayload(body: string, secret: string): string {
  const timestamp = Math.floor(Date.now() / 1000)
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return `t=${timestamp},v1=${signature}`
}
