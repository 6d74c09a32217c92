import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { noCause, type World } from '../state/world'
import { finalizeInvoice, taxProblem } from './finalize-invoice'
import { priceDraft } from './invoice-lines'
import { moveInvoice, remindOf } from './move-invoice'
import { collectInvoice } from './pay-invoice'

const retrySeconds = 60
const longestWaitSeconds = 72 * 3_600

/** A draft that advances by itself has waited long enough: it is finalized, and charged if it charges. */
export function finalizeWhenDue(world: World, invoiceId: string): void {
  const draft = world.store.get('invoices', invoiceId)
  if (draft?.status !== 'draft' || !draft.auto_advance) return
  const now = world.clock.now()
  if (now < draft.created + longestWaitSeconds && !isCreationHeard(world, draft)) {
    remindOf(world, 'finalize_invoice', draft.id, now + retrySeconds)
    return
  }
  if (world.store.get('customers', draft.customer as string)?.deleted) return
  const message = taxProblem(priceDraft(world, draft))
  if (message) {
    const code = 'customer_tax_location_invalid'
    const last_finalization_error: Stripe.Invoice.LastFinalizationError = {
      code,
      message,
      type: 'invalid_request_error',
    }
    moveInvoice(world, noCause, draft, { last_finalization_error }, ['invoice.finalization_failed'])
    return
  }
  const open = finalizeInvoice(world, noCause, draft)
  if (open.collection_method === 'charge_automatically') collectInvoice(world, noCause, open.id)
}

/** Stripe waits until everybody who listens has taken `invoice.created`, as they may still want to change the draft. */
function isCreationHeard(world: World, draft: Stripe.Invoice): boolean {
  const event = world.store
    .newestFirst('events')
    .find(({ type, data }) => type === 'invoice.created' && (data.object as { id?: string }).id === draft.id)
  return world.store
    .oldestFirst('deliveries')
    .every(({ eventId, state }) => eventId !== event?.id || state === 'delivered')
}

/** The due date of an invoice has come and it is not paid. */
export function tellOverdue(world: World, invoiceId: string): void {
  const invoice = world.store.get('invoices', invoiceId)
  if (invoice?.status === 'open') emitEvent(world, noCause, 'invoice.overdue', invoice)
}
