import type Stripe from 'stripe'
import { invalidParameter, missingParameter, notServed } from '../http/errors'
import { checkCurrency } from '../resources/amounts'
import { mergeMetadata } from '../resources/metadata'
import { newId } from '../state/ids'
import type { World } from '../state/world'

type LineItemParams = Stripe.Checkout.SessionCreateParams.LineItem
type PriceData = Stripe.Checkout.SessionCreateParams.LineItem.PriceData

/** The priced lines of a new session; each inline price becomes a price and a product of its own, as at Stripe. */
export function buildLineItems(world: World, params: LineItemParams[]): Stripe.LineItem[] {
  return params.map((line, index) => {
    const param = `line_items[${index}]`
    if (line.price) throw notServed(`${param}[price]`, 'stored prices; pass `price_data`')
    if (line.tax_rates) throw notServed(`${param}[tax_rates]`)
    if (line.adjustable_quantity?.enabled) throw notServed(`${param}[adjustable_quantity]`)
    if (!line.price_data) throw missingParameter(`${param}[price_data]`)
    const quantity = line.quantity ?? 1
    if (quantity < 1) throw invalidParameter('This value must be greater than or equal to 1.', `${param}[quantity]`)
    return buildLineItem(world, line.price_data, quantity, mergeMetadata({}, line.metadata), `${param}[price_data]`)
  })
}

function buildLineItem(
  world: World,
  data: PriceData,
  quantity: number,
  metadata: Stripe.Metadata,
  param: string,
): Stripe.LineItem {
  const currency = checkCurrency(data.currency, `${param}[currency]`)
  if (data.recurring) throw notServed(`${param}[recurring]`)
  if (data.unit_amount_decimal !== undefined) throw notServed(`${param}[unit_amount_decimal]`)
  if (data.unit_amount === undefined) throw missingParameter(`${param}[unit_amount]`)
  if (data.unit_amount < 0) {
    throw invalidParameter(
      'This value must be greater than or equal to 0.',
      `${param}[unit_amount]`,
      'parameter_invalid_integer',
    )
  }
  if (!data.product_data)
    throw data.product
      ? notServed(`${param}[product]`, 'stored products; pass `product_data`')
      : missingParameter(`${param}[product_data]`)
  const product = createProduct(world, data.product_data)
  const price = createPrice(world, product.id, currency, data.unit_amount, data.tax_behavior ?? 'unspecified')
  const amount = data.unit_amount * quantity
  return {
    id: newId.lineItem(),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency,
    description: product.name,
    metadata,
    price,
    quantity,
  }
}

function createProduct(
  world: World,
  data: Stripe.Checkout.SessionCreateParams.LineItem.PriceData.ProductData,
): Stripe.Product {
  const now = world.clock.now()
  const id = newId.product()
  return world.store.put('products', id, {
    id,
    object: 'product',
    active: false,
    created: now,
    default_price: null,
    description: data.description ?? null,
    images: data.images ?? [],
    livemode: false,
    marketing_features: [],
    metadata: mergeMetadata({}, data.metadata),
    name: data.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: data.tax_code ?? null,
    tax_details: null,
    type: 'service',
    unit_label: data.unit_label ?? null,
    updated: now,
    url: null,
  })
}

function createPrice(
  world: World,
  product: string,
  currency: string,
  unitAmount: number,
  taxBehavior: Stripe.Price.TaxBehavior,
): Stripe.Price {
  const id = newId.price()
  return world.store.put('prices', id, {
    id,
    object: 'price',
    active: false,
    billing_scheme: 'per_unit',
    created: world.clock.now(),
    currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: {},
    nickname: null,
    product,
    recurring: null,
    tax_behavior: taxBehavior,
    tiers_mode: null,
    transform_quantity: null,
    type: 'one_time',
    unit_amount: unitAmount,
    // The client turns this string into a decimal; on the wire it is text.
    unit_amount_decimal: String(unitAmount) as unknown as Stripe.Decimal,
  })
}
