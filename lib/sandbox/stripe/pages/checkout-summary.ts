import type Stripe from 'stripe'
import { couponOf } from '../checkout/discounts'
import type { SessionTax } from '../state/collections'
import type { World } from '../state/world'
import { type FormView, field } from './fields'
import { formatAmount, merchantName } from './format'
import { type Html, html } from './html'

/** What is bought, what it costs, and where a promotion code is typed. */
export function checkoutSummary(world: World, session: Stripe.Checkout.Session, view: FormView): Html {
  const back = session.cancel_url ? html`<a class="back" href="${session.cancel_url}">Cancel and go back</a>` : null
  if (session.mode === 'setup') {
    return html`<section class="summary" aria-label="Summary">${back}<p class="merchant">${merchantName(session)}</p><h1>Save a card</h1><p class="quiet">The card will be kept for future payments. Nothing is charged now.</p></section>`
  }
  const { lineItems, tax = null } = world.store.get('sessionPlans', session.id)!
  const total = formatAmount(session.amount_total!, session.currency!)
  return html`<section class="summary" aria-label="Summary">
${back}
<p class="merchant">${merchantName(session)}</p>
<h1><span class="quiet">Pay</span> <span class="amount">${total}</span></h1>
<ul class="lines">${lineItems.map((line) => lineRow(world, line))}</ul>
${totalRows(world, session, tax)}
${session.allow_promotion_codes && promotionForm(world, session, view)}
<p class="total"><span>Total due</span><span>${total}</span></p>
</section>`
}

function lineRow(world: World, line: Stripe.LineItem): Html {
  const product = world.store.get('products', line.price!.product as string)
  const quantity = (line.quantity ?? 1) > 1 ? ` × ${line.quantity}` : ''
  return html`<li><span>${line.description}${quantity}${product?.description && html`<small>${product.description}</small>`}</span><span>${formatAmount(line.amount_subtotal, line.currency)}</span></li>`
}

/** Subtotal, discount and tax, where there is more to say than the total. */
function totalRows(world: World, session: Stripe.Checkout.Session, tax: SessionTax | null): Html | null {
  const [discount] = session.discounts ?? []
  if (!discount && !session.automatic_tax.enabled) return null
  const amount = (cents: number) => formatAmount(cents, session.currency!)
  const { amount_discount, amount_tax } = session.total_details!
  return html`<ul class="lines parts">
<li><span>Subtotal</span><span>${amount(session.amount_subtotal!)}</span></li>
${discount && html`<li><span>${describeDiscount(world, discount)}</span><span>−${amount(amount_discount)}</span></li>`}
${session.automatic_tax.enabled && html`<li><span>${tax ? describeTax(tax) : 'Tax'}</span><span>${tax ? amount(amount_tax) : 'Enter your address'}</span></li>`}
</ul>`
}

/** `Tax (US-NY, 8.875%)`, or why there is none. */
export function describeTax({ place, ratePer100000, reason }: SessionTax): string {
  if (reason === 'reverse_charge') return `Tax (${place}, reverse charge)`
  if (reason === 'customer_exempt') return 'Tax (exempt)'
  return `Tax (${place}, ${ratePer100000 / 1_000}%)`
}

/** The coupon's name, or what it takes off. */
export function describeDiscount(world: World, discount: Stripe.Checkout.Session.Discount): string {
  const coupon = couponOf(world, discount)
  if (!coupon) return 'Discount'
  const worth =
    coupon.percent_off === null ? formatAmount(coupon.amount_off!, coupon.currency!) : `${coupon.percent_off}%`
  return coupon.name ?? `${worth} off`
}

function promotionForm(world: World, session: Stripe.Checkout.Session, view: FormView): Html {
  const [discount] = session.discounts ?? []
  if (discount) {
    const code = world.store.get('promotionCodes', discount.promotion_code as string)?.code
    return html`<form method="post" action="/c/pay/${session.id}" class="promotion"><p class="applied"><span>Code ${code} applied</span><button class="link" name="action" value="remove_code">Remove</button></p></form>`
  }
  return html`<form method="post" action="/c/pay/${session.id}" class="promotion" novalidate>${field(view, { name: 'promotion_code', label: 'Promotion code', autocomplete: 'off' })}<button class="secondary" name="action" value="apply_code">Apply</button></form>`
}
