import { type Actor, system } from '@/lib/core/actor'
import { invariant, Refusal } from '@/lib/core/errors'
import { isId, newId } from '@/lib/core/ids'
import { cents, formatMoney, isPositive, type Money } from '@/lib/core/money'
import { dayMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction, pool, type Tx } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import {
  type CreditNoteFacts,
  readCreditNotes,
  readInvoice,
  readInvoiceProblem,
  type StripeInvoiceFacts,
} from '@/lib/edges/stripe'
import { recordAudit } from '../audit'
import { grantCredit } from '../grants'
import { lockBalance } from '../ledger'
import { requireRole } from '../members'
import { notify } from '../notifications'
import { covers, recordInvoicePayment } from '../purchases'
import { type InvoiceDto, invoiceDto } from './dto'
import { type PaidBy, readPaidBy } from './paid-by'
import { assessPause } from './pause'
import { type InvoiceProblem, type InvoiceState, invoiceStates, mayBecome, paidBeforeTax } from './rules'
import {
  closeNote,
  findInvoice,
  type InvoiceRow,
  insertForeignNote,
  type PaidByKind,
  readNotes,
  saveFollowed,
} from './store'

/**
 * Looks at Stripe what became of an invoice and brings the books in line with it: paid posts what was paid, once. Webhook, sweep,
 * reconciliation and the page that a customer comes back to all run this one; whichever comes first posts, the rest are no-ops.
 * @throws Refusal `not_found`, `payment_provider_unavailable`
 */
export async function settleInvoice(
  actor: Actor,
  { accountId, invoiceId }: { accountId: string; invoiceId: string },
): Promise<InvoiceDto> {
  await requireRole(actor, accountId, 'account:read')
  const invoice = isId(invoiceId) ? await findInvoice(pool(), accountId, invoiceId) : null
  if (!invoice) throw notFound()
  await followInvoice(accountId, invoiceId)
  return invoiceDto((await findInvoice(pool(), accountId, invoiceId)) ?? invoice, await now())
}

interface AtStripe {
  facts: StripeInvoiceFacts | null
  notes: CreditNoteFacts[]
  problem: { kind: InvoiceProblem; message: string | null } | null
  /** Null as well when it is known here already. */
  paidBy: PaidBy | null
}

/**
 * The same as a step of other verbs. An invoice that is not at Stripe yet is left to its own run. Returns how it was paid, when that is
 * known. @throws Refusal `payment_provider_unavailable`
 */
export async function followInvoice(accountId: string, invoiceId: string): Promise<PaidByKind | null> {
  const invoice = await findInvoice(pool(), accountId, invoiceId)
  if (!invoice?.stripeInvoiceId) return null
  const there = await look(invoice.stripeInvoiceId, invoice)
  crashPoint('invoice:after-read')
  const at = await now()
  const paidBy = await inTransaction(async (tx) => {
    await lockBalance(tx, accountId)
    const before = await findInvoice(tx, accountId, invoiceId)
    invariant(before, 'an invoice is never deleted')
    await apply(tx, before, there, at)
    crashPoint('invoice:before-settle-commit')
    return (await findInvoice(tx, accountId, invoiceId))?.paidBy ?? null
  })
  crashPoint('invoice:after-settle')
  return paidBy
}

async function look(stripeInvoiceId: string, { creditedCents, paidBy }: InvoiceRow): Promise<AtStripe> {
  const facts = await readInvoice(stripeInvoiceId)
  const hasNotes = facts && (isPositive(facts.credited) || creditedCents > 0n)
  return {
    facts,
    notes: hasNotes ? await readCreditNotes(stripeInvoiceId) : [],
    problem: facts?.status === 'open' && facts.isTried ? await readInvoiceProblem(stripeInvoiceId) : null,
    paidBy: facts && !paidBy ? await readPaidBy(facts, await now()) : null,
  }
}

async function apply(tx: Tx, before: InvoiceRow, { facts, notes, problem, paidBy }: AtStripe, at: Date): Promise<void> {
  const { accountId, invoiceId } = before
  if (!facts) return forget(tx, before, at)
  const state = stateOf(facts.status)
  if (!state) {
    log.error({ accountId, invoiceId, status: facts.status }, 'Stripe says of an invoice what we do not know')
    return
  }
  const moves = mayBecome(before.state, state)
  if (before.state !== state && !moves) return // read before what we know already
  await followNotes(tx, before, notes, { isOver: state === 'paid' || state === 'void', at })
  // Stripe does not tell how much of a note's amount is tax; our own notes know.
  const issued = (await readNotes(tx, accountId, invoiceId)).filter((note) => note.state === 'issued')
  const creditedBeforeTax = issued.reduce((sum, { amountCents }) => sum + amountCents, 0n)
  const paidCents =
    state === 'paid'
      ? paidBeforeTax({
          paidCents: centsOf(facts.paid),
          totalCents: centsOf(facts.total),
          beforeTaxCents: centsOf(facts.beforeTax),
          creditedCents: centsOf(facts.credited),
          creditedBeforeTaxCents: creditedBeforeTax,
        })
      : null
  const postedCents = before.state === 'paid' ? before.paidCents : paidCents
  const finalizedAt = facts.finalizedAt ?? before.finalizedAt
  await saveFollowed(
    tx,
    before,
    {
      state,
      number: facts.number,
      hostedUrl: facts.hostedUrl,
      pdfUrl: facts.pdfUrl,
      taxCents: centsOf(facts.total) - centsOf(facts.beforeTax),
      // Stripe gives no due date to what it charges; our terms do.
      dueAt: facts.dueAt ?? (finalizedAt && new Date(finalizedAt.getTime() + before.paymentTermsDays * dayMs)),
      problem: problem?.kind ?? null,
      problemMessage: problem?.message ?? null,
      finalizedAt,
      paidAt: state === 'paid' ? (before.paidAt ?? facts.paidAt ?? at) : null,
      paidCents: postedCents,
      paidBy: before.paidBy ?? knownAs(before, postedCents, paidBy),
      closedAt: state === 'void' || state === 'uncollectible' ? (before.closedAt ?? facts.closedAt ?? at) : null,
    },
    at,
  )
  if (before.state === 'paid' && before.paidCents !== paidCents) {
    log.error(
      { accountId, invoiceId, was: before.paidCents, is: paidCents },
      'A paid invoice was paid again: a person must look',
    )
  }
  if (state === 'paid' && postedCents !== null && postedCents > 0n) {
    await post(tx, before, { facts, amount: cents(postedCents, before.currency), paidBy, at })
  }
  const after = await findInvoice(tx, accountId, invoiceId)
  invariant(after, 'an invoice is never deleted')
  if (moves) await tell(tx, before, after, at)
  else await tellProblem(tx, before, after, at)
  await assessPause(tx, accountId, at)
}

/** Posts what was paid, once, and writes down the payment that it came by, as soon as that is known. */
async function post(
  tx: Tx,
  { accountId, invoiceId, state, ...before }: InvoiceRow,
  { facts, amount, paidBy, at }: { facts: StripeInvoiceFacts; amount: Money; paidBy: PaidBy | null; at: Date },
): Promise<void> {
  const isRecorded = before.paidBy !== null || paidBy?.kind !== 'payment' || !covers(paidBy.payment, amount)
  if (state === 'paid' && isRecorded) return
  const cause = `invoice:${invoiceId}`
  const { grantId } = await grantCredit(tx, {
    accountId,
    source: 'invoice_payment',
    cause,
    amount,
    expiresAt: null,
    at,
  })
  crashPoint('invoice:after-post')
  if (isRecorded) return
  const { payment } = paidBy
  const paidAt = before.paidAt ?? facts.paidAt ?? at
  await recordInvoicePayment(tx, { accountId, invoiceId, credit: amount, grantId, payment, papers: facts, paidAt })
}

/** How an invoice was paid, as it is written down. A payment that cannot stand for what was posted is none that can be followed. */
function knownAs({ currency }: InvoiceRow, postedCents: bigint | null, paidBy: PaidBy | null): PaidByKind | null {
  if (!paidBy || !postedCents || postedCents <= 0n) return null
  return paidBy.kind === 'payment' && covers(paidBy.payment, cents(postedCents, currency)) ? 'payment' : 'other'
}

const stateOf = (status: string): InvoiceState | null => invoiceStates.find((known) => known === status) ?? null

const centsOf = ({ nanos }: { nanos: bigint }): bigint => nanos / 10_000_000n

/** A draft that was deleted at Stripe asks for nothing: its amount comes with the next invoice. */
async function forget(tx: Tx, invoice: InvoiceRow, at: Date): Promise<void> {
  const { accountId, invoiceId } = invoice
  if (invoice.state !== 'draft') {
    log.error({ accountId, invoiceId, state: invoice.state }, 'Stripe does not have an invoice that we have')
    return
  }
  const after = { ...invoice, state: 'void' as const, closedAt: at, paidBy: null }
  await saveFollowed(tx, invoice, after, at)
  await record(tx, invoice, after, at)
}

/** Credit notes as Stripe has them: ours are issued, those of the dashboard are noted, voided ones count no more. */
async function followNotes(
  tx: Tx,
  { accountId, invoiceId }: InvoiceRow,
  notes: CreditNoteFacts[],
  { isOver, at }: { isOver: boolean; at: Date },
): Promise<void> {
  const ours = await readNotes(tx, accountId, invoiceId)
  for (const note of notes) {
    const { stripeCreditNoteId, number } = note
    const known = ours.find(
      (row) => row.stripeCreditNoteId === stripeCreditNoteId || row.creditNoteId === note.metadata.credit_note_id,
    )
    const state = note.status === 'void' ? 'canceled' : 'issued'
    if (known && known.state !== state) await closeNote(tx, known, { state, stripeCreditNoteId, number, at })
    const amountCents = centsOf(note.beforeTax)
    // One that was made after the payment lowers nothing: the refund that it makes is followed with the payment.
    if (!known && state === 'issued' && amountCents > 0n) {
      const creditNoteId = newId()
      await insertForeignNote(tx, { accountId, creditNoteId, invoiceId, amountCents, stripeCreditNoteId, number, at })
    }
  }
  if (!isOver) return
  // The invoice was paid or voided before these came about: they take nothing off.
  const made = new Set(notes.map(({ metadata }) => metadata.credit_note_id))
  for (const row of ours) {
    if (row.state === 'intended' && !made.has(row.creditNoteId)) {
      await closeNote(tx, row, { state: 'canceled', stripeCreditNoteId: null, number: null, at })
    }
  }
}

const record = (tx: Tx, before: InvoiceRow, after: InvoiceRow, at: Date): Promise<void> =>
  recordAudit(tx, {
    accountId: before.accountId,
    actor: system('stripe'),
    action: `invoice.${after.state}`,
    before: { state: before.state },
    after: {
      invoiceId: after.invoiceId,
      number: after.number,
      state: after.state,
      amount: formatMoney(cents(after.amountCents, after.currency)),
      ...(after.paidCents !== null && { paid: formatMoney(cents(after.paidCents, after.currency)) }),
    },
    at,
  })

/** Says that an invoice is there, or paid. */
async function tell(tx: Tx, before: InvoiceRow, after: InvoiceRow, at: Date): Promise<void> {
  const { accountId, invoiceId, state } = after
  if (state !== 'draft') await record(tx, before, after, at)
  const cause = `invoice:${invoiceId}`
  if (state === 'open') {
    await notify(tx, { accountId, kind: 'invoice_made', cause, facts: factsOf(after), at })
    await tellProblem(tx, before, after, at)
  } else if (state === 'paid' && after.paidCents) {
    const paid = formatMoney(cents(after.paidCents, after.currency))
    await notify(tx, { accountId, kind: 'invoice_paid', cause, facts: { ...factsOf(after), paid }, at })
  }
}

/** Says that the card was declined, or that the bank asks, once each until the other happens. */
async function tellProblem(tx: Tx, before: InvoiceRow, after: InvoiceRow, at: Date): Promise<void> {
  const { accountId, invoiceId, problem, problemMessage } = after
  if (!problem || (before.problem === problem && before.state === after.state)) return
  await notify(tx, {
    accountId,
    kind: 'invoice_problem',
    cause: `invoice:${invoiceId}/${problem}`,
    facts: { ...factsOf(after), problem, message: problemMessage },
    at,
  })
}

/** What messages about an invoice say. */
export const factsOf = (invoice: InvoiceRow) => ({
  amount: formatMoney(cents(invoice.restCents > 0n ? invoice.restCents : invoice.amountCents, invoice.currency)),
  number: invoice.number,
  period: invoice.period,
  timeZone: invoice.timeZone,
  dueAt: invoice.dueAt?.toISOString() ?? null,
  url: invoice.hostedUrl,
  isCharged: invoice.collection === 'charge_automatically',
})

const notFound = () => new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
