import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction, pool, type Tx } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { enqueue } from '@/lib/edges/queue'
import { createCreditNote, readCreditNotes, readInvoice } from '@/lib/edges/stripe'
import { lockBalance } from '../ledger'
import { appMetadata } from '../payment-methods'
import { assessPause } from './pause'
import { creditsDue, creditWithTax, nextTryAt } from './rules'
import { followInvoice } from './settle-invoice'
import { claimNote, findInvoice, insertNote, readAsking } from './store'

/**
 * Takes off open invoices what credit has paid meanwhile: the notes are written down, and the worker tells Stripe. Part of whatever
 * brought credit, and of the sweep. Returns how many notes are new.
 */
export async function considerCreditNotes(tx: Tx, accountId: string, at: Date): Promise<number> {
  const { balance } = await lockBalance(tx, accountId)
  const due = creditsDue(balance, await readAsking(tx, accountId))
  for (const { invoiceId, cents: amountCents } of due) {
    const creditNoteId = newId()
    await insertNote(tx, { accountId, creditNoteId, invoiceId, amountCents, at })
    await enqueue(tx, 'run-credit-note', { accountId, creditNoteId }, { key: `credit-note:${creditNoteId}` })
  }
  // What credit has paid keeps no usage paused.
  if (due.length > 0) await assessPause(tx, accountId, at)
  return due.length
}

/** The same for what credit came to an account a moment ago. */
export async function creditInvoices(actor: Actor, { accountId }: { accountId: string }): Promise<void> {
  if (actor.kind !== 'system')
    throw new Refusal('not_allowed', { message: 'Credit notes are made by the worker alone.' })
  const at = await now()
  await inTransaction((tx) => considerCreditNotes(tx, accountId, at))
}

/**
 * Makes an intended credit note at Stripe, or makes sure that it is there: one key, and after the first try it is looked for first.
 * What came of it is read back with its invoice. An invoice that was paid or voided meanwhile ends it.
 * @throws Refusal `payment_provider_unavailable`: it goes on later
 */
export async function runCreditNote(
  actor: Actor,
  { accountId, creditNoteId }: { accountId: string; creditNoteId: string },
): Promise<void> {
  if (actor.kind !== 'system')
    throw new Refusal('not_allowed', { message: 'Credit notes are made by the worker alone.' })
  const at = await now()
  const note = await inTransaction((tx) => claimNote(tx, { accountId, creditNoteId }, { at, until: nextTryAt(at, 3) }))
  if (!note) return
  crashPoint('credit-note:after-claim')
  const { invoiceId } = note
  const invoice = await findInvoice(pool(), accountId, invoiceId)
  if (!invoice?.stripeInvoiceId) return
  const facts = await readInvoice(invoice.stripeInvoiceId)
  if (!facts) return
  const isThere = note.tries > 1 && (await isMade(invoice.stripeInvoiceId, creditNoteId))
  if (!isThere && (facts.status === 'open' || facts.status === 'uncollectible')) {
    const outcome = await createCreditNote({
      idempotencyKey: `credit_note:${creditNoteId}`,
      stripeInvoiceId: invoice.stripeInvoiceId,
      amountCents: creditWithTax(note.amountCents, {
        restCents: invoice.restCents + note.amountCents,
        beforeTaxCents: facts.beforeTax.nanos / 10_000_000n,
        totalCents: facts.total.nanos / 10_000_000n,
        remainingCents: facts.remaining.nanos / 10_000_000n,
      }),
      metadata: { ...appMetadata, account_id: accountId, invoice_id: invoiceId, credit_note_id: creditNoteId },
    })
    crashPoint('credit-note:after-create')
    if (outcome.kind !== 'issued') log.warn({ accountId, invoiceId, creditNoteId, outcome }, 'A credit note waits')
  }
  await followInvoice(accountId, invoiceId)
}

const isMade = async (stripeInvoiceId: string, creditNoteId: string): Promise<boolean> =>
  (await readCreditNotes(stripeInvoiceId)).some(({ metadata }) => metadata.credit_note_id === creditNoteId)
