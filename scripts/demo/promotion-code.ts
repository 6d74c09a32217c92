import { env } from '../../lib/edges/env'

/** What people may type on the demo's payment page. */
export const demoPromotionCode = 'WELCOME20'

/** Makes the demo's promotion code at the sandbox, 20 % off, as an operator does in Stripe's dashboard. Again changes nothing. */
export async function makePromotionCode(): Promise<void> {
  await post('/v1/coupons', { id: demoPromotionCode, percent_off: '20', duration: 'once', name: 'Welcome' })
  await post('/v1/promotion_codes', {
    'promotion[type]': 'coupon',
    'promotion[coupon]': demoPromotionCode,
    code: demoPromotionCode,
  })
}

async function post(path: string, form: Record<string, string>): Promise<void> {
  const answer = await fetch(`${env().SANDBOX_URL}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${env().STRIPE_SECRET_KEY}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(form).toString(),
  })
  const text = await answer.text()
  if (!answer.ok && !text.includes('already')) throw new Error(`The sandbox did not take ${path}: ${text}`)
}
