import { createHmac } from 'node:crypto'

/**
 * The `Stripe-Signature` header for a body. Signed with real time (`ageSeconds` ago), so that receivers' five-minute
 * tolerance holds.
 */
export function signPayload(body: string, secret: string, ageSeconds = 0): string {
  const timestamp = Math.floor(Date.now() / 1000) - ageSeconds
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return `t=${timestamp},v1=${signature}`
}
