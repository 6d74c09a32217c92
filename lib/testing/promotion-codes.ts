/** Promotion codes at the local Stripe, made as an operator makes them there. */
import type { MoneyIn } from './money-in'

let made = 0

/** A code of its own that takes off a share or an amount in cents. Returns what the customer types. */
export async function aPromotionCode(
  world: MoneyIn,
  off: { percent_off: number } | { amount_off: number },
): Promise<string> {
  made += 1
  const code = `CODE${made}X${Object.values(off)[0]}`
  const coupon = await post(world, '/v1/coupons', {
    ...off,
    ...('amount_off' in off && { currency: 'usd' }),
    duration: 'once',
  })
  await post(world, '/v1/promotion_codes', { 'promotion[type]': 'coupon', 'promotion[coupon]': coupon.id, code })
  return code
}

async function post(world: MoneyIn, path: string, form: Record<string, string | number>): Promise<{ id: string }> {
  const answer = await fetch(`${world.sandboxUrl}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_moneyin', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(Object.entries(form).map(([name, value]) => [name, String(value)])).toString(),
  })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as { id: string }
}
