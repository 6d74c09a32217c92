import type Stripe from 'stripe'
import * as z from 'zod'
import { paySession } from '../checkout/pay-session'
import type { World } from '../state/world'

const payBody = z
  .strictObject({
    card_number: z.string().optional(),
    payment_method: z.string().optional(),
    save: z.boolean().default(false),
    email: z.string().optional(),
    name: z.string().default('Sandbox Payer'),
  })
  .refine((body) => (body.card_number === undefined) !== (body.payment_method === undefined), {
    message: 'Give either card_number or payment_method (a saved card).',
  })

/** Pays a session as its hosted page would, and says what the payer would see. Call inside a transaction. */
export function payHere(world: World, session: Stripe.Checkout.Session, body: unknown) {
  const { card_number: number, payment_method: savedCardId = null, save, email = null, name } = payBody.parse(body)
  const expYear = new Date(world.clock.now() * 1000).getUTCFullYear() + 2
  const result = paySession(world, session, {
    card: number ? { number, expMonth: 12, expYear, cvc: number.length === 15 ? '1234' : '123' } : null,
    savedCardId,
    collected: {
      email,
      name,
      businessName: null,
      address: null,
      taxId: null,
      savesCard: save,
      acceptsTerms: true,
      acceptsPromotions: false,
    },
  })
  if (result.kind === 'complete') return { result: 'complete', redirect_url: result.redirectUrl }
  if (result.kind === 'authenticate') return { result: 'authenticate', url: result.url }
  return { result: 'declined', message: result.message, code: result.code, decline_code: result.declineCode }
}
