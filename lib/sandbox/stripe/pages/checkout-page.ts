import type Stripe from 'stripe'
import { savedCards } from '../checkout/saved-cards'
import type { World } from '../state/world'
import { addressFields, type FormNeeds } from './checkout-form'
import { checkbox, type FormView, field } from './fields'
import { formatAmount, merchantName } from './format'
import { type Html, html } from './html'
import { messagePage, page } from './layout'
import { type Choices, paymentChoice, testNumbers } from './payment-choice'

export interface CheckoutView extends FormView {
  /** Why the last try failed. */
  decline: string | null
}

export const untouched: CheckoutView = { values: {}, problems: {}, decline: null }

/** Which fields this session asks for. */
export function formNeeds(world: World, session: Stripe.Checkout.Session): FormNeeds {
  const customer = session.customer
    ? (world.store.get('customers', session.customer as string) as Stripe.Customer)
    : null
  return {
    usualChoice: session.payment_method_types.includes('card') ? 'new' : 'bank',
    email: !session.customer_email && !customer?.email,
    address: session.billing_address_collection === 'required',
    taxId: session.tax_id_collection?.enabled ?? false,
    terms: session.consent_collection?.terms_of_service === 'required',
  }
}

/** The page where a session is paid, or a sentence when it no longer can be. */
export function renderCheckoutPage(world: World, session: Stripe.Checkout.Session, view: CheckoutView): string {
  if (session.status === 'complete') {
    return messagePage(
      completeTitle(session),
      session.mode === 'setup'
        ? 'This card has been saved.'
        : session.payment_status === 'unpaid'
          ? 'Your bank was asked for the payment and answers in about four days. You do not have to do anything.'
          : 'This checkout has been paid. You will not be charged again.',
      {
        href: session.success_url!.replaceAll('{CHECKOUT_SESSION_ID}', session.id),
        label: `Back to ${merchantName(session)}`,
      },
    )
  }
  if (session.status === 'expired') {
    const link = session.cancel_url
      ? { href: session.cancel_url, label: `Back to ${merchantName(session)}` }
      : undefined
    return messagePage('This checkout has expired', 'Nothing was charged. Start again where you came from.', link)
  }
  const title = session.mode === 'setup' ? 'Save a card' : 'Checkout'
  return page(
    `${title} · ${merchantName(session)}`,
    html`<main class="checkout">${summary(world, session)}${form(world, session, view)}</main>`,
    { hasScript: true },
  )
}

function completeTitle(session: Stripe.Checkout.Session): string {
  if (session.mode === 'setup') return 'Card saved'
  return session.payment_status === 'unpaid' ? 'Payment on its way' : 'Payment complete'
}

function summary(world: World, session: Stripe.Checkout.Session): Html {
  const back = session.cancel_url ? html`<a class="back" href="${session.cancel_url}">Cancel and go back</a>` : null
  if (session.mode === 'setup') {
    return html`<section class="summary" aria-label="Summary">${back}<p class="merchant">${merchantName(session)}</p><h1>Save a card</h1><p class="quiet">The card will be kept for future payments. Nothing is charged now.</p></section>`
  }
  const { lineItems } = world.store.get('sessionPlans', session.id)!
  const total = formatAmount(session.amount_total!, session.currency!)
  return html`<section class="summary" aria-label="Summary">
${back}
<p class="merchant">${merchantName(session)}</p>
<h1><span class="quiet">Pay</span> <span class="amount">${total}</span></h1>
<ul class="lines">${lineItems.map((line) => lineRow(world, line))}</ul>
<p class="total"><span>Total due</span><span>${total}</span></p>
</section>`
}

function lineRow(world: World, line: Stripe.LineItem): Html {
  const product = world.store.get('products', line.price!.product as string)
  const quantity = (line.quantity ?? 1) > 1 ? ` × ${line.quantity}` : ''
  return html`<li><span>${line.description}${quantity}${product?.description && html`<small>${product.description}</small>`}</span><span>${formatAmount(line.amount_total, line.currency)}</span></li>`
}

function form(world: World, session: Stripe.Checkout.Session, view: CheckoutView): Html {
  const needs = formNeeds(world, session)
  const choices = paymentChoices(world, session)
  return html`<section class="payment" aria-label="Payment">
<form method="post" novalidate>
${view.decline && html`<p class="problem" role="alert"><strong>${session.mode === 'setup' ? 'The card was not saved.' : 'The payment did not go through.'}</strong> ${view.decline}</p>`}
${needs.email ? field(view, { name: 'email', label: 'Email', type: 'email', autocomplete: 'email' }) : knownEmail(world, session)}
${paymentChoice(view, choices)}
${needs.address && addressFieldset(view)}
${needs.taxId && taxIdFieldset(view)}
${consents(session, view)}
${view.problems.terms && html`<p class="field-problem">${view.problems.terms}</p>`}
<button class="primary" type="submit">${submitLabel(session)}</button>
${reuseNotice(world, session)}
${session.custom_text.submit && html`<p class="fine">${session.custom_text.submit.message}</p>`}
</form>
${testNumbers(choices)}
</section>`
}

function knownEmail(world: World, session: Stripe.Checkout.Session): Html {
  const customer = session.customer
    ? (world.store.get('customers', session.customer as string) as Stripe.Customer)
    : null
  return html`<p class="known"><span class="quiet">Email</span> <span>${session.customer_email ?? customer?.email}</span></p>`
}

function paymentChoices(world: World, session: Stripe.Checkout.Session): Choices {
  return {
    saved: savedCards(world, session),
    takesCards: session.payment_method_types.includes('card'),
    takesBankAccounts: session.payment_method_types.includes('us_bank_account'),
    canSave: session.saved_payment_method_options?.payment_method_save === 'enabled',
    merchant: merchantName(session),
  }
}

function addressFieldset(view: CheckoutView): Html {
  const inputs = addressFields.map(([name, label]) =>
    field(view, { name, label, ...(name === 'country' ? { placeholder: 'US', maxlength: 2 } : {}) }),
  )
  return html`<fieldset><legend>Billing address</legend>${inputs}</fieldset>`
}

function taxIdFieldset(view: CheckoutView): Html {
  return html`<fieldset><legend>Business (optional)</legend>${field(view, { name: 'business_name', label: 'Business name' })}<div class="row">${field(view, { name: 'tax_id_type', label: 'Tax ID type', placeholder: 'eu_vat' })}${field(view, { name: 'tax_id', label: 'Tax ID' })}</div></fieldset>`
}

function consents(session: Stripe.Checkout.Session, view: CheckoutView): Html {
  const { terms_of_service: terms, promotions } = session.consent_collection ?? {}
  const termsText = session.custom_text.terms_of_service_acceptance?.message
  return html`${promotions === 'auto' && checkbox(view, 'promotions', `Send me news and offers from ${merchantName(session)}`)}
${terms === 'required' && checkbox(view, 'terms', termsText ?? `I agree to ${merchantName(session)}’s terms of service`)}`
}

function submitLabel(session: Stripe.Checkout.Session): string {
  if (session.mode === 'setup') return 'Save card'
  const verb = { book: 'Book', donate: 'Donate' }[session.submit_type as 'book' | 'donate'] ?? 'Pay'
  return `${verb} ${formatAmount(session.amount_total!, session.currency!)}`
}

function reuseNotice(world: World, session: Stripe.Checkout.Session): Html | null {
  const usage = world.store.get('sessionPlans', session.id)?.paymentIntentData.setup_future_usage
  if (session.mode !== 'setup' && !usage) return null
  const action = session.mode === 'setup' ? 'saving your card' : 'paying'
  return html`<p class="fine">By ${action}, you allow ${merchantName(session)} to charge your card for future payments in accordance with their terms.</p>`
}
