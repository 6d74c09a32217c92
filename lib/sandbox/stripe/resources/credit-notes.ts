import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { missingParameter, noSuch, refuse } from '../http/errors'
import { listPage } from '../http/lists'
import { creditInvoice, creditPaidInvoice, voidCreditNote } from '../invoices/credit-invoice'
import type { World } from '../state/world'
import { findInvoice } from './invoices'
import { mergeMetadata } from './metadata'
import { pageParams, refuseUnplayed } from './played'
import { refundRoutes } from './refunds'
import type { Call, Routes } from './routes'

export const creditNoteRoutes: Routes = {
  'POST /v1/credit_notes': create,
  'GET /v1/credit_notes': list,
  'GET /v1/credit_notes/{id}': ({ world, ids }: Call) => findNote(world, ids.id!),
  'POST /v1/credit_notes/{id}': update,
  'POST /v1/credit_notes/{id}/void': ({ world, cause, ids }: Call) =>
    voidCreditNote(world, cause, findNote(world, ids.id!)),
  'GET /v1/credit_notes/{id}/lines': ({ world, ids, params }: Call<Stripe.CreditNoteListLineItemsParams>) => {
    const note = findNote(world, ids.id!)
    return listPage(note.lines.data, params, note.lines.url)
  },
}

function findNote(world: World, id: string): Stripe.CreditNote {
  const note = world.store.get('creditNotes', id)
  if (!note) throw noSuch('credit_note', id, 'id')
  return note
}

function create({ world, cause, params }: Call<Stripe.CreditNoteCreateParams>): Stripe.CreditNote {
  refuseUnplayed(params, ['amount', 'invoice', 'memo', 'metadata', 'reason', 'refund_amount'])
  if (params.amount === undefined) throw missingParameter('amount')
  const invoice = findInvoice(world, params.invoice, 'invoice', 400)
  const request = {
    amount: params.amount,
    reason: params.reason ?? null,
    memo: params.memo ?? null,
    metadata: mergeMetadata({}, params.metadata),
  }
  if (params.refund_amount === undefined) return creditInvoice(world, cause, invoice, request)
  const payment_intent = paidIntentOf(world, invoice)
  if (!payment_intent || params.refund_amount !== params.amount) {
    throw refuse(
      'The sum of refunds, customer balance credits and outside of Stripe credits must equal what the credit note takes of the paid amount.',
      { param: 'refund_amount' },
    )
  }
  const refund = { payment_intent, amount: params.refund_amount }
  const made = refundRoutes['POST /v1/refunds']!({ world, cause, ids: {}, params: refund }) as Stripe.Refund
  return creditPaidInvoice(world, cause, invoice, request, made)
}

/** The payment that paid an invoice; undefined when none of Stripe's did. */
const paidIntentOf = (world: World, invoice: Stripe.Invoice): string | undefined =>
  world.store
    .newestFirst('invoicePayments')
    .find((payment) => payment.invoice === invoice.id && payment.status === 'paid')?.payment.payment_intent as
    | string
    | undefined

function update({ world, cause, ids, params }: Call<Stripe.CreditNoteUpdateParams>): Stripe.CreditNote {
  const before = findNote(world, ids.id!)
  const note = world.store.put('creditNotes', before.id, {
    ...before,
    memo: params.memo ?? before.memo,
    metadata: mergeMetadata(before.metadata, params.metadata),
  })
  emitEvent(world, cause, 'credit_note.updated', note, before)
  return note
}

function list({ world, params }: Call<Stripe.CreditNoteListParams>) {
  refuseUnplayed(params, [...pageParams, 'created', 'customer', 'invoice'])
  const notes = world.store
    .newestFirst('creditNotes')
    .filter((note) => params.customer === undefined || note.customer === params.customer)
    .filter((note) => params.invoice === undefined || note.invoice === params.invoice)
  return listPage(notes, params, '/v1/credit_notes')
}
