import type Stripe from 'stripe'
import { openIntentOf } from '../invoices/move-invoice'
import { offeredMethods, takenTypes, waitingMethod } from '../invoices/pay-on-page'
import type { World } from '../state/world'
import type { InvoiceText } from './describe-invoice'
import type { FormView } from './fields'
import { describeCard, formatAmount } from './format'
import { type Html, html } from './html'
import { page } from './layout'
import { paymentChoice, testNumbers } from './payment-choice'

export interface InvoiceView extends FormView {
  /** Why the last try failed. */
  decline: string | null
}

export const untouchedInvoice: InvoiceView = { values: {}, problems: {}, decline: null }

/** The page behind `hosted_invoice_url`: what the invoice says and, while something is due, how to pay it. */
export function renderInvoicePage(
  world: World,
  invoice: Stripe.Invoice,
  text: InvoiceText,
  token: string,
  view: InvoiceView,
): string {
  const row = ([label, value]: [string, string]) => html`<li><span>${label}</span><span>${value}</span></li>`
  const fact = ([label, value]: [string, string]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`
  return page(
    `Invoice ${text.number} from ${text.merchant}`,
    html`<main class="receipt">
<p class="merchant">${text.merchant}</p>
<h1>Invoice</h1>
<p class="amount">${text.headline}</p>
<p><a class="secondary" href="/invoices/${token}/pdf">Download PDF</a></p>
<dl class="facts">
${text.facts.map(fact)}
<div><dt>Bill to</dt><dd>${text.billTo.map((part) => html`<span class="line">${part}</span>`)}</dd></div>
</dl>
<h2>Summary</h2>
<ul class="lines">${text.lines.map(row)}</ul>
<ul class="lines parts">${text.totals.map(row)}</ul>
<p class="total"><span>${text.paid[0]}</span><span>${text.paid[1]}</span></p>
${text.notes.map((note) => html`<p class="fine">${note}</p>`)}
${paymentSection(world, invoice, text, token, view)}
</main>`,
    { hasScript: true },
  )
}

function paymentSection(
  world: World,
  invoice: Stripe.Invoice,
  text: InvoiceText,
  token: string,
  view: InvoiceView,
): Html | null {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') return null
  if (openIntentOf(world, invoice.id)?.status === 'processing') {
    return html`<p class="notice" role="status">Your bank was asked for the payment and answers in about four days. You do not have to do anything.</p>`
  }
  const waiting = waitingMethod(world, invoice)
  const choices = {
    saved: offeredMethods(world, invoice),
    takesCards: takenTypes(invoice).includes('card'),
    takesBankAccounts: takenTypes(invoice).includes('us_bank_account'),
    canSave: false,
    merchant: text.merchant,
  }
  return html`<section class="payment-form" aria-labelledby="pay"><h2 id="pay">Pay this invoice</h2>
<form method="post" action="/invoices/${token}" novalidate>
${waiting && !view.decline && html`<p class="notice" role="status">The bank of your ${describeCard(waiting.card!)} asks you to approve this payment. Press Pay to go there, or use another card.</p>`}
${view.decline && html`<p class="problem" role="alert"><strong>The payment did not go through.</strong> ${view.decline}</p>`}
${paymentChoice(view, choices)}
<button class="primary" type="submit">Pay ${formatAmount(invoice.amount_remaining, invoice.currency)}</button>
</form>
${testNumbers(choices)}</section>`
}
