import type Stripe from 'stripe'
import type { World } from '../state/world'
import { moneyOf } from './money-by-customer'

const mostShown = 20

/** All that concerns one customer, newest first, in cents; undefined when there is no such customer. */
export function describeCustomer(world: World, customerId: string) {
  const { store } = world
  if (!store.get('customers', customerId)) return undefined
  const isTheirs = (of: { customer?: unknown; payment_intent?: unknown }): boolean =>
    of.customer === customerId || (typeof of.payment_intent === 'string' && isPaidBy(world, of.payment_intent))
  const isPaidBy = ({ store }: World, intentId: string) =>
    store.get('paymentIntents', intentId)?.customer === customerId
  const isAboutThem = (event: Stripe.EventBase) => isTheirs(event.data.object as unknown as Record<string, unknown>)

  const events = new Map(
    store
      .newestFirst('events')
      .filter(isAboutThem)
      .map((event) => [event.id, event]),
  )
  const deliveries = store.newestFirst('deliveries').filter(({ eventId }) => events.has(eventId))
  const count = (state: string) => deliveries.filter((delivery) => delivery.state === state).length
  return {
    id: customerId,
    money: moneyOf(world, customerId),
    open_pages: store
      .newestFirst('checkoutSessions')
      .filter((session) => session.customer === customerId && session.status === 'open')
      .map(({ id }) => id),
    payments: store
      .newestFirst('paymentIntents')
      .filter(isTheirs)
      .slice(0, mostShown)
      .map((intent) => ({
        id: intent.id,
        status: intent.status,
        amount: intent.amount,
        created: intent.created,
        method: methodTypeOf(world, intent),
        refunded: chargeOf(world, intent)?.amount_refunded ?? 0,
        disputed: chargeOf(world, intent)?.disputed ?? false,
      })),
    invoices: store
      .newestFirst('invoices')
      .filter(isTheirs)
      .slice(0, mostShown)
      .map(({ id, number, status, total, amount_paid, amount_remaining, due_date }) => ({
        id,
        number,
        status,
        total,
        amount_paid,
        amount_remaining,
        due_date,
      })),
    refunds: store
      .newestFirst('refunds')
      .filter(isTheirs)
      .slice(0, mostShown)
      .map(({ id, payment_intent, amount, status }) => ({ id, payment_intent, amount, status })),
    disputes: store
      .newestFirst('disputes')
      .filter(isTheirs)
      .slice(0, mostShown)
      .map(({ id, payment_intent, amount, status }) => ({ id, payment_intent, amount, status })),
    cards: store
      .newestFirst('paymentMethods')
      .filter(isTheirs)
      .map(({ id, type, card }) => ({ id, type, last4: card?.last4 ?? null, override: overrideOf(world, id) })),
    deliveries: { held: count('held'), pending: count('pending'), dropped: count('dropped') },
    events: [...events.values()].slice(0, mostShown).map(({ id, type, created }) => ({ id, type, created })),
  }
}

const chargeOf = ({ store }: World, intent: Stripe.PaymentIntent): Stripe.Charge | undefined =>
  intent.latest_charge ? store.get('charges', intent.latest_charge as string) : undefined

const methodTypeOf = (world: World, intent: Stripe.PaymentIntent): string | null => {
  const id = intent.payment_method as string | null
  return (id && world.store.get('paymentMethods', id)?.type) || null
}

const overrideOf = ({ store }: World, paymentMethodId: string) =>
  store.get('cardsOnFile', paymentMethodId)?.override ?? null
