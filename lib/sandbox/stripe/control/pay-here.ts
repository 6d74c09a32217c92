import type Stripe from 'stripe'
import * as z from 'zod'
import { paySession } from '../checkout/pay-session'
import { applyCode } from '../checkout/price-session'
import { refuse } from '../http/errors'
import { testRoutingNumber } from '../payments/test-bank-accounts'
import type { World } from '../state/world'

const line = z.string().nullable().default(null)

const addressBody = z.strictObject({
  line1: line,
  line2: line,
  city: line,
  state: line,
  postal_code: line,
  country: z.string().length(2),
})

const payBody = z
  .strictObject({
    card_number: z.string().optional(),
    bank_account: z.string().optional(),
    payment_method: z.string().optional(),
    save: z.boolean().default(false),
    email: z.string().optional(),
    name: z.string().default('Sandbox Payer'),
    address: addressBody.optional(),
    business_name: z.string().optional(),
    tax_id: z.strictObject({ type: z.string(), value: z.string() }).optional(),
    promotion_code: z.string().optional(),
  })
  .refine((body) => [body.card_number, body.bank_account, body.payment_method].filter(Boolean).length <= 1, {
    message: 'Give only one of card_number, bank_account (a test account number) and payment_method (a saved card).',
  })

/** Pays a session as its hosted page would, and says what the payer would see. Call inside a transaction. */
export function payHere(world: World, session: Stripe.Checkout.Session, body: unknown) {
  const given = payBody.parse(body)
  const { card_number: number, bank_account: account, payment_method: savedCardId = null, save, name } = given
  const problem = given.promotion_code === undefined ? null : applyCode(world, session, given.promotion_code)
  if (problem) return { result: 'declined', message: problem, code: null, decline_code: null }
  const priced = world.store.get('checkoutSessions', session.id)!
  if (priced.amount_total !== 0 && !number && !account && !savedCardId) {
    throw refuse('Give card_number, bank_account (a test account number) or payment_method (a saved card).')
  }
  const expYear = new Date(world.clock.now() * 1000).getUTCFullYear() + 2
  const result = paySession(world, priced, {
    card: number ? { number, expMonth: 12, expYear, cvc: number.length === 15 ? '1234' : '123' } : null,
    bankAccount: account ? { routingNumber: testRoutingNumber, accountNumber: account, holderName: name } : null,
    savedCardId,
    collected: {
      email: given.email ?? null,
      name,
      businessName: given.business_name ?? null,
      address: given.address ?? null,
      taxId: given.tax_id ?? null,
      savesCard: save,
      acceptsTerms: true,
      acceptsPromotions: false,
    },
  })
  if (result.kind === 'complete') return { result: 'complete', redirect_url: result.redirectUrl }
  if (result.kind === 'authenticate') return { result: 'authenticate', url: result.url }
  return { result: 'declined', message: result.message, code: result.code, decline_code: result.declineCode }
}
