import type Stripe from 'stripe'
import * as z from 'zod'
import { paySession } from '../checkout/pay-session'
import { testRoutingNumber } from '../payments/test-bank-accounts'
import type { World } from '../state/world'

const payBody = z
  .strictObject({
    card_number: z.string().optional(),
    bank_account: z.string().optional(),
    payment_method: z.string().optional(),
    save: z.boolean().default(false),
    email: z.string().optional(),
    name: z.string().default('Sandbox Payer'),
  })
  .refine((body) => [body.card_number, body.bank_account, body.payment_method].filter(Boolean).length === 1, {
    message: 'Give one of card_number, bank_account (a test account number) and payment_method (a saved card).',
  })

/** Pays a session as its hosted page would, and says what the payer would see. Call inside a transaction. */
export function payHere(world: World, session: Stripe.Checkout.Session, body: unknown) {
  const given = payBody.parse(body)
  const { card_number: number, bank_account: account, payment_method: savedCardId = null, save, name } = given
  const expYear = new Date(world.clock.now() * 1000).getUTCFullYear() + 2
  const result = paySession(world, session, {
    card: number ? { number, expMonth: 12, expYear, cvc: number.length === 15 ? '1234' : '123' } : null,
    bankAccount: account ? { routingNumber: testRoutingNumber, accountNumber: account, holderName: name } : null,
    savedCardId,
    collected: {
      email: given.email ?? null,
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
