import type Stripe from 'stripe'
import { startSandbox } from '../index'
import { type ContractChecker, checkedClient } from './checked-client'
import { everything } from './money-back-kit'
import { control } from './sandbox-kit'

export type InvoiceKit = Awaited<ReturnType<typeof startInvoiceKit>>

/** A sandbox of its own with what tests of invoices need. Every answer is checked against the contract. */
export async function startInvoiceKit(checker: ContractChecker) {
  const sandbox = await startSandbox()
  const stripe = checkedClient('sk_test_invoices', sandbox.url, checker)
  const steer = <T = Record<string, unknown>>(method: string, path: string, body?: unknown) =>
    control<T>(sandbox.url, method, path, body)
  const seen = new Set<string>()
  const aCustomer = async (more: Stripe.CustomerCreateParams = {}) =>
    (await stripe.customers.create({ email: 'ada@example.com', name: 'Ada', ...more })).id
  const aDraft = async (amounts: number[], more: Partial<Stripe.InvoiceCreateParams> = {}) => {
    const customer = more.customer ?? (await aCustomer())
    const sent = more.collection_method ? {} : ({ collection_method: 'send_invoice', days_until_due: 30 } as const)
    const draft = await stripe.invoices.create({ customer, ...sent, ...more })
    for (const [index, amount] of amounts.entries()) {
      await stripe.invoiceItems.create({
        customer,
        invoice: draft.id,
        amount,
        currency: 'usd',
        description: `Line ${index + 1}`,
      })
    }
    return stripe.invoices.retrieve(draft.id)
  }
  return {
    sandbox,
    stripe,
    steer,
    aCustomer,
    /** A customer's card, saved. */
    aCard: async (customer: string, token = 'pm_card_visa') =>
      (await stripe.paymentMethods.attach(token, { customer })).id,
    /** A draft with one line per amount (cents), to be sent and due in 30 days unless `more` says otherwise. */
    aDraft,
    anInvoice: async (amounts: number[], more: Partial<Stripe.InvoiceCreateParams> = {}) =>
      stripe.invoices.finalizeInvoice((await aDraft(amounts, more)).id),
    /** The invoice now, with its payments and their intents. */
    reread: (invoice: { id: string }) =>
      stripe.invoices.retrieve(invoice.id, { expand: ['payments.data.payment.payment_intent'] }),
    advance: async (seconds: number) => void (await steer('POST', '/clock', { advance_seconds: seconds })),
    /** Events since this was last asked, oldest first. Stripe lists those of the last 30 days. */
    async newEvents() {
      const events = await everything(stripe.events.list({ limit: 100 }))
      const fresh = events.filter(({ id }) => !seen.has(id))
      for (const { id } of fresh) seen.add(id)
      return fresh
    },
  }
}

/** The intent of an invoice's payment, expanded. */
export function intentOf(invoice: Stripe.Invoice): Stripe.PaymentIntent {
  return invoice.payments!.data[0]!.payment.payment_intent as Stripe.PaymentIntent
}
