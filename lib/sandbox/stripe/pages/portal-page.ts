import type Stripe from 'stripe'
import type { PortalVisit } from '../state/collections'
import type { World } from '../state/world'
import { cardFields, checkbox, type FormView } from './fields'
import { describeCard, formatAmount, formatDay } from './format'
import { type Html, html } from './html'
import { page } from './layout'
import { testNumbers } from './payment-choice'

export interface PortalView extends FormView {
  /** Why a card was not saved. */
  decline: string | null
}

export const untouchedPortal: PortalView = { values: { make_default: 'yes' }, problems: {}, decline: null }

/** Saved cards and past invoices of one customer; in a flow, only the form for a new card. */
export function renderPortalPage(world: World, { session }: PortalVisit, view: PortalView): string {
  const configuration = world.store.get('portalConfigurations', session.configuration as string)!
  const customer = world.store.get('customers', session.customer) as Stripe.Customer
  const { payment_method_update: cards, invoice_history: history } = configuration.features
  const back = session.return_url && html`<a class="back" href="${session.return_url}">Go back</a>`
  const isFlow = session.flow !== null
  return page(
    isFlow ? 'Update your card' : 'Billing',
    html`<main class="portal">
${back}
<p class="merchant">${configuration.business_profile.headline ?? 'Sandbox merchant'}</p>
<h1>${isFlow ? 'Update your card' : 'Billing'}</h1>
<p class="quiet">${customer.name ?? customer.email ?? 'Your saved cards and invoices.'}</p>
${cards.enabled && !isFlow && savedMethods(world, customer)}
${cards.enabled && newCard(view, isFlow)}
${history.enabled && !isFlow && pastPayments(world, customer)}
</main>`,
    { hasScript: true },
  )
}

function savedMethods(world: World, customer: Stripe.Customer): Html {
  const methods = world.store.newestFirst('paymentMethods').filter((method) => method.customer === customer.id)
  const rows = methods.map((method) => {
    const isDefault = customer.invoice_settings.default_payment_method === method.id
    const name = describeSaved(method)
    return html`<li><span>${name}${isDefault && html` <span class="badge">Default</span>`}${method.card && html`<small>Expires ${String(method.card.exp_month).padStart(2, '0')} / ${method.card.exp_year}</small>`}</span>
<form method="post" class="row-actions"><input type="hidden" name="payment_method" value="${method.id}">${!isDefault && html`<button class="link" name="action" value="make_default" aria-label="Make ${name} the default">Make default</button>`}<button class="link" name="action" value="remove" aria-label="Remove ${name}">Remove</button></form></li>`
  })
  const list = rows.length ? html`<ul class="lines ruled">${rows}</ul>` : html`<p class="quiet">No card is saved.</p>`
  return html`<section aria-labelledby="methods"><h2 id="methods">Payment methods</h2>${list}</section>`
}

function describeSaved(method: Stripe.PaymentMethod): string {
  return method.card ? describeCard(method.card) : `Bank account ending in ${method.us_bank_account?.last4}`
}

function newCard(view: PortalView, isFlow: boolean): Html {
  return html`<section class="payment-form" aria-labelledby="new-card"><h2 id="new-card">${isFlow ? 'New card' : 'Add a card'}</h2>
<form method="post" novalidate>
${view.decline && html`<p class="problem" role="alert"><strong>The card was not saved.</strong> ${view.decline}</p>`}
<fieldset>${cardFields(view)}
${!isFlow && checkbox(view, 'make_default', 'Use for future payments by default')}</fieldset>
<button class="primary" name="action" value="add">Save card</button>
<p class="fine">You allow the merchant to charge this card for future payments in accordance with their terms.</p>
</form>
${testNumbers({ takesCards: true, takesBankAccounts: false }, isFlow)}</section>`
}

/** Invoices, and the receipts of payments that have none. */
function pastPayments(world: World, customer: Stripe.Customer): Html {
  const invoices = world.store
    .newestFirst('invoices')
    .filter((invoice) => invoice.customer === customer.id && invoice.status !== 'draft')
    .map(({ created, total, currency, number, hosted_invoice_url: url }) => ({
      created,
      amount: formatAmount(total, currency),
      name: `Invoice ${number}`,
      url,
    }))
  const invoiced = new Set(
    world.store.oldestFirst('invoicePayments').map(({ payment }) => payment.payment_intent as string),
  )
  const receipts = world.store
    .newestFirst('charges')
    .filter((charge) => charge.customer === customer.id && charge.status !== 'failed')
    .filter((charge) => !invoiced.has(charge.payment_intent as string))
    .map(({ created, amount, currency, receipt_url: url }) => ({
      created,
      amount: formatAmount(amount, currency),
      name: 'Receipt',
      url: url ?? null,
    }))
  const rows = [...invoices, ...receipts]
    .sort((a, b) => b.created - a.created)
    .map(
      ({ created, amount, name, url }) =>
        html`<li><span>${url ? html`<a href="${url}">${name}</a>` : name}<small>${formatDay(created)}</small></span><span>${amount}</span></li>`,
    )
  const list = rows.length
    ? html`<ul class="lines ruled">${rows}</ul>`
    : html`<p class="quiet">Nothing was paid yet.</p>`
  return html`<section aria-labelledby="history"><h2 id="history">Invoices and receipts</h2>${list}</section>`
}
