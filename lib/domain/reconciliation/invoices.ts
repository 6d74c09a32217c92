/** The way through the invoices of post-paid accounts: from Stripe's list to ours, and back. */
import { setTimeout as sleep } from 'node:timers/promises'
import { system } from '@/lib/core/actor'
import { isId } from '@/lib/core/ids'
import { add, cents, displayMoney, isPositive, sum } from '@/lib/core/money'
import { hourMs } from '@/lib/core/time'
import { pool } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import {
  invoiceOfPayment,
  type ListedPayment,
  listInvoices,
  patiently,
  readDisputesOf,
  readInvoice,
  readRefundsOf,
} from '@/lib/edges/stripe'
import { followInvoice, settleInvoice } from '../invoices'
import { appMetadata } from '../payment-methods'
import { syncRefunds } from '../refunds'
import { type BookedInvoice, compareInvoice } from './compare-invoice'
import { examinePayments, examinePurchase, report } from './examine'
import { isReturning } from './owed'
import { type Finding, keyOf } from './rules'
import type { Run } from './run'
import { findBookedInvoice, readBooked, readInvoicesToCompare } from './store'

const healer = system('reconciliation')

/** Stripe's clock and ours may differ by this much, and a list may lag. */
const overlapMs = hourMs

/**
 * Every invoice of Stripe's in the window that carries our mark, and every one of ours that waits for money, moved in the window, or
 * differed before.
 */
export async function compareInvoices(run: Run): Promise<void> {
  const seen = new Set<string>()
  const window = { since: run.since, until: new Date(run.startedAt.getTime() + overlapMs) }
  for await (const page of listInvoices(window)) {
    for (const { stripeInvoiceId, metadata } of page) {
      if (metadata.app !== appMetadata.app || !metadata.invoice_id) continue
      seen.add(stripeInvoiceId)
      await examineInvoice(run, stripeInvoiceId)
    }
    run.onProgress({ phase: 'invoices', done: seen.size })
  }
  for (const stripeInvoiceId of await readInvoicesToCompare(pool(), run.since)) {
    if (!seen.has(stripeInvoiceId)) await examineInvoice(run, stripeInvoiceId)
  }
}

/**
 * Payments of invoices that were refunded or disputed and that are not written down: they carry no mark of ours, so the invoice is asked
 * for. Where one payment of Stripe's paid it, it is written down and compared as every other; of what was paid by several the books keep
 * everything, which a person must know.
 */
export async function compareReturned(run: Run, payments: ListedPayment[]): Promise<void> {
  for (const payment of payments) {
    const { hasMoved, metadata, paymentIntentId, received } = payment
    if (!hasMoved || metadata.app === appMetadata.app || (await isBooked(paymentIntentId))) continue
    const stripeInvoiceId = await patiently(() => invoiceOfPayment(paymentIntentId))
    const booked = stripeInvoiceId && (await findBookedInvoice(pool(), { stripeInvoiceId, named: null }))
    if (!booked) continue
    const isFollowed = run.isHealing && (await beginToFollow(booked, paymentIntentId))
    const refunds = (await patiently(() => readRefundsOf(paymentIntentId))).filter(({ status }) => isReturning(status))
    const disputes = await patiently(() => readDisputesOf(paymentIntentId))
    const back = add(
      sum(
        refunds.map(({ amount }) => amount),
        booked.currency,
      ),
      sum(
        disputes.map(({ withdrawn }) => withdrawn),
        booked.currency,
      ),
    )
    if (!isPositive(back) && !isFollowed) continue
    const sentence = `${displayMoney(back)} of its payment of ${displayMoney(received)} went back by refunds or disputes, and our books keep all of it.`
    await report(
      run,
      {
        kind: 'invoice_payment_returned',
        accountId: booked.accountId,
        purchaseId: null,
        paymentIntentId,
        objectId: stripeInvoiceId,
        atStripe: back,
        inBooks: cents(0n, booked.currency),
        sentence,
      },
      isFollowed ? 'healed' : 'open',
    )
    if (isFollowed) await examinePayments(run, [payment])
  }
}

const isBooked = async (paymentIntentId: string): Promise<boolean> =>
  (await readBooked(pool(), { paymentIntentIds: [paymentIntentId], purchaseIds: [] })).length > 0

/** Looks at the invoice again, which writes its payment down, and takes back what was returned of it. False: it cannot be followed. */
async function beginToFollow({ accountId, invoiceId }: BookedInvoice, paymentIntentId: string): Promise<boolean> {
  try {
    await followInvoice(accountId, invoiceId)
    if (!(await isBooked(paymentIntentId))) return false
    await syncRefunds(healer, { accountId, purchaseId: invoiceId })
    return true
  } catch (error) {
    log.error({ err: error, accountId, invoiceId }, 'The payment of an invoice could not be followed')
    return false
  }
}

interface Looked {
  booked: BookedInvoice | null
  findings: Finding[]
}

/** A difference may be work under way: both sides are read anew, and what our own operation can put right is handed to it once. */
async function examineInvoice(run: Run, stripeInvoiceId: string): Promise<void> {
  let looked = await look(stripeInvoiceId)
  const before = looked.findings
  if (before.length > 0 && run.isHealing && looked.booked) {
    await settleInvoice(healer, looked.booked).catch((error: unknown) =>
      log.error({ err: error, stripeInvoiceId }, 'An invoice that differs could not be put right'),
    )
    looked = await look(stripeInvoiceId)
    // Its payment may have been written down by that, and was passed over as a stranger's before.
    if (looked.booked) await examinePurchase(run, { purchaseId: looked.booked.invoiceId })
  }
  for (let looks = 2; looks < run.looks && looked.findings.length > 0; looks++) {
    await sleep(run.pauseMs)
    looked = await look(stripeInvoiceId)
  }
  const left = new Set(looked.findings.map(keyOf))
  for (const finding of before) if (run.isHealing && !left.has(keyOf(finding))) await report(run, finding, 'healed')
  for (const finding of looked.findings) await report(run, finding, 'open')
}

async function look(stripeInvoiceId: string): Promise<Looked> {
  const there = await patiently(() => readInvoice(stripeInvoiceId))
  const { account_id: accountId = '', invoice_id: invoiceId = '' } = there?.metadata ?? {}
  const named = isId(accountId) && isId(invoiceId) ? { accountId, invoiceId } : null
  const booked = await findBookedInvoice(pool(), { stripeInvoiceId, named })
  return { booked, findings: compareInvoice(there, booked) }
}
