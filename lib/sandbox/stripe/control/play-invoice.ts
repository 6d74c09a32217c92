import * as z from 'zod'
import { refuse } from '../http/errors'
import type { ServerParts } from '../http/server-parts'
import { markUncollectible, voidInvoice } from '../invoices/close-invoice'
import { finalizeInvoice } from '../invoices/finalize-invoice'
import { openIntentOf } from '../invoices/move-invoice'
import { payInvoice, usualMethod } from '../invoices/pay-invoice'
import { payOnPage, waitingMethod } from '../invoices/pay-on-page'
import { testRoutingNumber } from '../payments/test-bank-accounts'
import { noCause } from '../state/world'

const payBody = z
  .strictObject({
    card_number: z.string().optional(),
    bank_account: z.string().optional(),
    name: z.string().default('Sandbox Payer'),
  })
  .refine(({ card_number, bank_account }) => !card_number || !bank_account, {
    message: 'Give only one of card_number and bank_account (a test account number).',
  })

/** Pays an invoice as its page would, and says what the payer would see. Without a number: with the card it offers. */
export function payInvoiceHere({ world }: ServerParts, body: unknown, id: string) {
  const { card_number: number, bank_account: account, name } = payBody.parse(body)
  const invoice = world.store.get('invoices', id)
  if (!invoice) return undefined
  const offered = number || account ? null : (waitingMethod(world, invoice) ?? usualMethod(world, invoice))
  if (!number && !account && !offered) {
    throw refuse('The page offers no saved card: give card_number or bank_account (a test account number).')
  }
  const expYear = new Date(world.clock.now() * 1000).getUTCFullYear() + 2
  const result = world.store.transaction(() =>
    payOnPage(world, invoice, {
      card: number ? { number, expMonth: 12, expYear, cvc: number.length === 15 ? '1234' : '123' } : null,
      bankAccount: account ? { routingNumber: testRoutingNumber, accountNumber: account, holderName: name } : null,
      savedMethodId: offered?.id ?? null,
      name,
    }),
  )
  const payment_intent = openIntentOf(world, id)?.id ?? null
  if (result.kind === 'complete') return { result: 'complete', status: world.store.get('invoices', id)!.status }
  if (result.kind === 'authenticate') return { result: 'authenticate', url: result.url, payment_intent }
  const { message, code, declineCode: decline_code } = result
  return { result: 'declined', message, code, decline_code, payment_intent }
}

const actionBody = z.strictObject({ action: z.enum(['finalize', 'void', 'mark_uncollectible', 'pay_out_of_band']) })

/** Plays the merchant who does something to an invoice in the dashboard: as the API would, but no fault meets it. */
export function actOnInvoice({ world }: ServerParts, body: unknown, id: string) {
  const { action } = actionBody.parse(body)
  const invoice = world.store.get('invoices', id)
  if (!invoice) return undefined
  return world.store.transaction(() => {
    if (action === 'finalize') return finalizeInvoice(world, noCause, invoice)
    if (action === 'void') return voidInvoice(world, noCause, invoice)
    if (action === 'mark_uncollectible') return markUncollectible(world, noCause, invoice)
    return payInvoice(world, noCause, invoice, { paid_out_of_band: true })
  })
}
