import type Stripe from 'stripe'
import type { World } from '../state/world'
import { describeMethod, formatAmount, formatTime, merchantName } from './format'
import { type Html, html } from './html'
import { page } from './layout'

/** The receipt of a charge, as linked from `receipt_url`. */
export function renderReceiptPage(world: World, charge: Stripe.Charge): string {
  const sessionId = world.store.get('sessionOfIntent', charge.payment_intent as string)
  const session = sessionId ? world.store.get('checkoutSessions', sessionId) : undefined
  const lines = (sessionId && world.store.get('sessionPlans', sessionId)?.lineItems) || []
  const paid = formatAmount(charge.amount, charge.currency)
  const rows: Html[] = lines.length
    ? lines.map((line) => row(line.description ?? 'Item', formatAmount(line.amount_total, line.currency)))
    : [row(charge.description ?? 'Payment', paid)]
  const state = describeState(charge)
  return page(
    `Receipt from ${merchantName(session)}`,
    html`<main class="receipt">
<p class="merchant">${merchantName(session)}</p>
<h1>Receipt</h1>
<p class="amount">${paid} ${state}</p>
<dl class="facts">
${charge.receipt_number && html`<div><dt>Receipt number</dt><dd>${charge.receipt_number}</dd></div>`}
<div><dt>${charge.status === 'succeeded' ? 'Date paid' : 'Date'}</dt><dd>${formatTime(charge.created)}</dd></div>
<div><dt>Payment method</dt><dd>${describeMethod(charge.payment_method_details)}</dd></div>
${charge.receipt_email && html`<div><dt>Sent to</dt><dd>${charge.receipt_email}</dd></div>`}
</dl>
<h2>Summary</h2>
<ul class="lines">${rows}</ul>
<p class="total"><span>Amount charged</span><span>${paid}</span></p>
${refundSection(world, charge)}
<p class="fine">On your statement this appears as ${charge.calculated_statement_descriptor}. Payment ${charge.id}.</p>
</main>`,
  )
}

const row = (label: string, amount: string) => html`<li><span>${label}</span><span>${amount}</span></li>`

/** Refunds that arrived or are on their way, and what is left of the payment. Failed ones are as if never made. */
function refundSection(world: World, charge: Stripe.Charge): Html | null {
  const refunds = world.store
    .oldestFirst('refunds')
    .filter((refund) => refund.charge === charge.id && !['failed', 'canceled'].includes(refund.status!))
  if (refunds.length === 0) return null
  const rows = refunds.map((refund) => {
    const verb = refund.status === 'succeeded' ? 'Refunded' : 'Refund on its way since'
    return row(`${verb} ${formatTime(refund.created)}`, `−${formatAmount(refund.amount, refund.currency)}`)
  })
  const left = formatAmount(charge.amount - charge.amount_refunded, charge.currency)
  return html`<h2>Refunds</h2>
<ul class="lines">${rows}</ul>
<p class="total"><span>Left after refunds</span><span>${left}</span></p>`
}

function describeState({ status, captured }: Stripe.Charge): string {
  if (status === 'pending') return 'on its way'
  if (status === 'failed') return 'not paid'
  return captured ? 'paid' : 'authorized'
}
