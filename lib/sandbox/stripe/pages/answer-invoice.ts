import type Stripe from 'stripe'
import { openIntentOf } from '../invoices/move-invoice'
import { offeredMethods, payOnPage, takenTypes } from '../invoices/pay-on-page'
import type { World } from '../state/world'
import { readCheckoutForm } from './checkout-form'
import { describeCreditNote, describeInvoice } from './describe-invoice'
import { type InvoiceView, renderInvoicePage, untouchedInvoice } from './invoice-page'
import { renderInvoicePdf } from './invoice-pdf'

type InvoiceReply = { status: number; page: string } | { redirectUrl: string } | { pdf: Buffer; fileName: string }

/** Answers a visitor of an invoice's page; `form` is null when the page is only looked at. Null: there is no such page. */
export function answerInvoice(
  world: World,
  token: string,
  form: URLSearchParams | null,
  query: URLSearchParams,
): InvoiceReply | null {
  const known = world.store.get('invoicePages', token)
  if (!known) return null
  const invoice = world.store.get('invoices', known.invoiceId)!
  if (form && isPayable(world, invoice)) return pay(world, token, invoice, form)
  return show(world, token, { ...untouchedInvoice, decline: returnedWith(world, invoice, query) })
}

/** The file behind `invoice_pdf`. */
export function answerInvoicePdf(world: World, token: string): InvoiceReply | null {
  const known = world.store.get('invoicePages', token)
  if (!known) return null
  const text = describeInvoice(world, world.store.get('invoices', known.invoiceId)!, known.sessionId)
  return { pdf: renderInvoicePdf('Invoice', text), fileName: `Invoice-${text.number}.pdf` }
}

/** The file behind a credit note's `pdf`. */
export function answerCreditNotePdf(world: World, token: string): InvoiceReply | null {
  const id = world.store.get('creditNotePages', token)
  const note = id ? world.store.get('creditNotes', id) : undefined
  if (!note) return null
  const text = describeCreditNote(world, note)
  return { pdf: renderInvoicePdf('Credit note', text), fileName: `CreditNote-${text.number}.pdf` }
}

function show(world: World, token: string, view: InvoiceView): InvoiceReply {
  const { invoiceId, sessionId } = world.store.get('invoicePages', token)!
  const invoice = world.store.get('invoices', invoiceId)!
  const text = describeInvoice(world, invoice, sessionId)
  return { status: 200, page: renderInvoicePage(world, invoice, text, token, view) }
}

function isPayable(world: World, invoice: Stripe.Invoice): boolean {
  const isOpen = invoice.status === 'open' || invoice.status === 'uncollectible'
  return isOpen && openIntentOf(world, invoice.id)?.status !== 'processing'
}

/** What to say to somebody who comes back from the bank's page without its approval. */
function returnedWith(world: World, invoice: Stripe.Invoice, query: URLSearchParams): string | null {
  const intent = openIntentOf(world, invoice.id)
  if (query.get('redirect_status') !== 'failed' || !intent) return null
  const { code, message = null } = intent.last_payment_error ?? {}
  const isRefused = code === 'payment_intent_authentication_failure'
  return isRefused ? 'Your bank did not approve it. Try again or use another card.' : message
}

function pay(world: World, token: string, invoice: Stripe.Invoice, form: URLSearchParams): InvoiceReply {
  const usual = offeredMethods(world, invoice)[0]?.id ?? (takenTypes(invoice).includes('card') ? 'new' : 'bank')
  const choice = form.get('payment_choice') ?? usual
  form.set('payment_choice', choice)
  const { submission, problems } = readCheckoutForm(form, {
    usualChoice: 'new',
    email: false,
    address: false,
    taxPlace: false,
    taxId: false,
    terms: false,
  })
  const kept = [...form].filter(([name]) => !['card_number', 'cvc', 'account_number'].includes(name))
  const values = Object.fromEntries(kept)
  if (Object.keys(problems).length) return show(world, token, { values, problems, decline: null })
  const { card, bankAccount, savedCardId: savedMethodId, collected } = submission
  const result = world.store.transaction(() =>
    payOnPage(world, invoice, { card, bankAccount, savedMethodId, name: collected.name }),
  )
  if (result.kind === 'complete') return { redirectUrl: result.redirectUrl }
  if (result.kind === 'authenticate') return { redirectUrl: result.url }
  return show(world, token, { values, problems: {}, decline: result.message })
}
