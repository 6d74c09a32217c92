/** Which of Stripe's events say something to us. Pure. */

/** Types after which we look at the object again. Everything else is noted and left alone. */
const followed = new Set([
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'setup_intent.succeeded',
  'charge.succeeded',
  'charge.updated',
  'charge.refunded',
  'charge.refund.updated',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'charge.dispute.closed',
  'radar.early_fraud_warning.created',
  'radar.early_fraud_warning.updated',
  'invoice.finalized',
  'invoice.updated',
  'invoice.sent',
  'invoice.paid',
  'invoice.payment_succeeded',
  'invoice.payment_failed',
  'invoice.payment_action_required',
  'invoice.overdue',
  'invoice.overpaid',
  'invoice.marked_uncollectible',
  'invoice.voided',
  'invoice.deleted',
  'credit_note.created',
  'credit_note.voided',
  'payment_method.detached',
  'payment_method.updated',
  'payment_method.automatically_updated',
  'customer.deleted',
])

export type ObjectKind =
  | 'checkout'
  | 'payment'
  | 'setup'
  | 'charge'
  | 'refund'
  | 'dispute'
  | 'fraud_warning'
  | 'invoice'
  | 'credit_note'
  | 'payment_method'
  | 'customer'

const kindOfPrefix = new Map<string, ObjectKind>(
  Object.entries({
    cs: 'checkout',
    pi: 'payment',
    seti: 'setup',
    ch: 'charge',
    py: 'charge',
    re: 'refund',
    pyr: 'refund',
    dp: 'dispute',
    du: 'dispute',
    issfr: 'fraud_warning',
    in: 'invoice',
    cn: 'credit_note',
    pm: 'payment_method',
    cus: 'customer',
  } as const),
)

/** What kind of object an id names, or null when it is of no kind that we follow. */
export const kindOfObject = (objectId: string): ObjectKind | null => kindOfPrefix.get(objectId.split('_')[0]!) ?? null

/** Whether an event leads to work: of our mode, of a type that we follow, and naming its object. */
export function isFollowed(
  event: { type: string; livemode: boolean; objectId: string | null },
  livemode: boolean,
): boolean {
  if (event.livemode !== livemode || !event.objectId) return false
  return followed.has(event.type) && kindOfObject(event.objectId) !== null
}

/** After this many failures an event is left for a person; the reconcile still settles what it spoke of. */
export const mostAttempts = 20

/** How often an object that Stripe does not have is looked for again: an event may be quicker than what it speaks of. */
export const looksForMissing = 5

/** An event that waits longer than this means that the worker does not follow. */
export const slowInboxSeconds = 60
