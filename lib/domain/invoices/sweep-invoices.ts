import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { hourMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { log } from '@/lib/edges/log'
import { lockBalance } from '../ledger'
import { notify } from '../notifications'
import { considerCreditNotes, runCreditNote } from './credit-notes'
import { assessPause } from './pause'
import { daysSince, pausesAt, reminderDue } from './rules'
import { collectInvoice, runInvoice } from './run-invoice'
import { factsOf, followInvoice } from './settle-invoice'
import {
  findLate,
  findNotesToRun,
  findOverAsked,
  findToLookAt,
  findToRun,
  type InvoiceRow,
  readAsking,
  saveReminded,
} from './store'

const mostAtOnce = 200
/** How long an invoice that waits for money is left alone when nobody tells of it. */
const lookAgainMs = hourMs

/**
 * Looks after everything that was left half done or that time brings: invoices and credit notes not at Stripe yet, invoices that ask
 * for too much, invoices whose news may have been lost, and then those that are late: reminders, and the pause. Ends early when
 * Stripe cannot be asked; nothing is called late before Stripe was asked.
 */
export async function sweepInvoices(actor: Actor): Promise<{ looked: number; failed: number }> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Invoices are swept by the worker alone.' })
  const at = await now()
  const report = { looked: 0, failed: 0 }
  const each = async <T extends { accountId: string }>(items: T[], work: (item: T) => Promise<unknown>) => {
    for (const item of items) {
      report.looked += 1
      try {
        await work(item)
      } catch (error) {
        report.failed += 1
        if (error instanceof Refusal && error.code === 'payment_provider_unavailable') throw error
        log.error({ err: error, accountId: item.accountId }, 'Invoices of an account could not be looked after')
      }
    }
  }
  try {
    await each(await findToRun(at, mostAtOnce), (invoice) => runInvoice(actor, invoice))
    await each(await findOverAsked(mostAtOnce), ({ accountId }) =>
      inTransaction((tx) => considerCreditNotes(tx, accountId, at)),
    )
    await each(await findNotesToRun(at, mostAtOnce), (note) => runCreditNote(actor, note))
    await each(await findToLookAt(new Date(at.getTime() - lookAgainMs), mostAtOnce), ({ accountId, invoiceId }) =>
      followInvoice(accountId, invoiceId),
    )
    await each(await findLate(at, mostAtOnce), ({ accountId }) => lookAfterLate(accountId, at))
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'payment_provider_unavailable')) throw error
  }
  return report
}

/** Reminds of what is late, once a stage, and pauses or resumes. What is charged by itself is tried again. */
async function lookAfterLate(accountId: string, at: Date): Promise<void> {
  const reminded = await inTransaction(async (tx) => {
    await lockBalance(tx, accountId)
    const stages: InvoiceRow[] = []
    for (const invoice of await readAsking(tx, accountId)) {
      const { dueAt, remindedDays, restCents, state } = invoice
      if (state !== 'open' || !dueAt || restCents <= 0n) continue
      const days = reminderDue(dueAt, remindedDays, at)
      if (days === null) continue
      await saveReminded(tx, invoice, days)
      await notify(tx, {
        accountId,
        kind: 'invoice_due',
        cause: `invoice:${invoice.invoiceId}/due/${days}`,
        facts: {
          ...factsOf(invoice),
          daysOver: daysSince(dueAt, at),
          pausesAt: pausesAt(dueAt, env().INVOICE_PAUSE_AFTER_DAYS).toISOString(),
        },
        at,
      })
      stages.push({ ...invoice, remindedDays: days })
    }
    await assessPause(tx, accountId, at)
    crashPoint('invoice:before-late-commit')
    return stages
  })
  for (const invoice of reminded) {
    const { stripeInvoiceId, invoiceId } = invoice
    if (!stripeInvoiceId || invoice.collection !== 'charge_automatically') continue
    await collectInvoice({ ...invoice, stripeInvoiceId })
    await followInvoice(accountId, invoiceId)
  }
}
