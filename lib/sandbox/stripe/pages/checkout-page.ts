import type Stripe from 'stripe'
import { asksForTaxAddress } from '../checkout/price-session'
import { savedCards } from '../checkout/saved-cards'
import type { World } from '../state/world'
import { addressFields, type FormNeeds } from './checkout-form'
import { checkoutSummary } from './checkout-summary'
import { checkbox, type FormView, field } from './fields'
import { formatAmount, merchantName } from './format'
import { type Html, html } from './html'
import { messagePage, page } from './layout'
import { type Choices, paymentChoice, testNumbers } from './payment-choice'

export interface CheckoutView extends FormView {
  /** What changed and has to be looked at before paying. */
  notice?: string
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
    usualChoice: session.amount_total === 0 ? null : session.payment_method_types.includes('card') ? 'new' : 'bank',
    email: !session.customer_email && !customer?.email,
    address: session.billing_address_collection === 'required' || asksForTaxAddress(world, session),
    taxPlace: asksForTaxAddress(world, session),
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
    html`<main class="checkout">${checkoutSummary(world, session, view)}${form(world, session, view)}</main>`,
    { hasScript: true },
  )
}

function completeTitle(session: Stripe.Checkout.Session): string {
  if (session.mode === 'setup') return 'Card saved'
  return session.payment_status === 'unpaid' ? 'Payment on its way' : 'Payment complete'
}

function form(world: World, session: Stripe.Checkout.Session, view: CheckoutView): Html {
  const needs = formNeeds(world, session)
  const choices = paymentChoices(world, session)
  const isDue = session.amount_total !== 0
  return html`<section class="payment" aria-label="Payment">
<form method="post" action="/c/pay/${session.id}" novalidate>
${needs.taxPlace && html`<button class="default-submit" tabindex="-1" aria-hidden="true">Pay</button>`}
${needs.taxPlace && html`<input type="hidden" name="shown_total" value="${session.amount_total}">`}
${view.notice && html`<p class="notice" role="status">${view.notice}</p>`}
${view.decline && html`<p class="problem" role="alert"><strong>${session.mode === 'setup' ? 'The card was not saved.' : 'The payment did not go through.'}</strong> ${view.decline}</p>`}
${needs.email ? field(view, { name: 'email', label: 'Email', type: 'email', autocomplete: 'email' }) : knownEmail(world, session)}
${needs.taxPlace && addressFieldset(addressView(world, session, view), true)}
${isDue && paymentChoice(view, choices)}
${!isDue && html`<p class="quiet">Nothing is due, so no card is needed.</p>`}
${needs.address && !needs.taxPlace && addressFieldset(view, false)}
${needs.taxId && taxIdFieldset(view)}
${consents(session, view)}
${view.problems.terms && html`<p class="field-problem">${view.problems.terms}</p>`}
<button class="primary" type="submit">${submitLabel(session)}</button>
${reuseNotice(world, session)}
${session.custom_text.submit && html`<p class="fine">${session.custom_text.submit.message}</p>`}
</form>
${isDue && testNumbers(choices)}
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

/** The address the customer has already is where the form begins. */
function addressView(world: World, session: Stripe.Checkout.Session, view: CheckoutView): CheckoutView {
  const customer = session.customer
    ? (world.store.get('customers', session.customer as string) as Stripe.Customer)
    : null
  const known = Object.entries(customer?.address ?? {}).filter(([, value]) => value !== null) as [string, string][]
  return { ...view, values: { ...Object.fromEntries(known), ...view.values } }
}

function addressFieldset(view: CheckoutView, decidesTax: boolean): Html {
  const inputs = addressFields.map(([name, label]) =>
    field(view, { name, label, ...(name === 'country' ? { placeholder: 'US', maxlength: 2 } : {}) }),
  )
  return html`<fieldset><legend>Billing address</legend>${inputs}${decidesTax && html`<button class="secondary" name="action" value="update_total">Update total</button>`}</fieldset>`
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
  if (session.amount_total === 0) return 'Complete order'
  const verb = { book: 'Book', donate: 'Donate' }[session.submit_type as 'book' | 'donate'] ?? 'Pay'
  return `${verb} ${formatAmount(session.amount_total!, session.currency!)}`
}

function reuseNotice(world: World, session: Stripe.Checkout.Session): Html | null {
  const usage = world.store.get('sessionPlans', session.id)?.paymentIntentData.setup_future_usage
  if (session.mode !== 'setup' && !usage) return null
  const action = session.mode === 'setup' ? 'saving your card' : 'paying'
  return html`<p class="fine">By ${action}, you allow ${merchantName(session)} to charge your card for future payments in accordance with their terms.</p>`
}
