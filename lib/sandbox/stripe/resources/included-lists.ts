import type { World } from '../state/world'

type Hash = Record<string, unknown>

/** Lists that Stripe leaves out of an object unless asked to expand them. */
export function includedList(world: World, owner: Hash, name: string): unknown {
  if (owner.object === 'checkout.session' && name === 'line_items') {
    const data = world.store.get('sessionPlans', owner.id as string)?.lineItems ?? []
    return list(data.slice(0, 10), data.length > 10, `/v1/checkout/sessions/${owner.id}/line_items`)
  }
  if (owner.object === 'charge' && name === 'refunds') {
    const data = world.store.newestFirst('refunds').filter((refund) => refund.charge === owner.id)
    return list(data.slice(0, 10), data.length > 10, `/v1/charges/${owner.id}/refunds`)
  }
  // No sources, subscriptions or tax ids are kept: these lists are truly empty.
  if (owner.object === 'invoice' && name === 'payments') {
    const data = world.store.newestFirst('invoicePayments').filter(({ invoice }) => invoice === owner.id)
    return list(data, false, '/v1/invoice_payments')
  }
  if (owner.object === 'customer' && ['sources', 'subscriptions', 'tax_ids'].includes(name)) {
    return list([], false, `/v1/customers/${owner.id}/${name}`)
  }
  return undefined
}

const list = (data: unknown[], has_more: boolean, url: string) => ({ object: 'list', data, has_more, url })
