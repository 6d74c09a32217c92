import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool } from '@/lib/edges/db'
import type { ListedPayment } from '@/lib/edges/stripe'
import { comparePayment } from './compare-payment'
import { heal } from './heal'
import { positionOf } from './position'
import { inParallel, readPaymentsById, readSides, readSidesOf, type Sides } from './read-sides'
import {
  type BookedPurchase,
  type Finding,
  type FindingState,
  keyOf,
  type PaymentAtStripe,
  remedyOf,
  settlesWithinMs,
} from './rules'
import { mostFindings, type Run, stateOf } from './run'
import { type Compared, insertFinding, noteCompared, readBooked } from './store'

/** Compares payments with our books, looks again at what differs, and writes down what remains. */
export async function examinePayments(run: Run, listed: ListedPayment[]): Promise<void> {
  if (listed.length === 0) return
  const compared: Compared[] = []
  const page = (await readSides(listed)).map((sides) => ({ sides, findings: compareSides(run, sides) }))
  await inParallel(page, async ({ sides, findings }) => {
    run.counts.foreign += sides.isForeign ? 1 : 0
    const place = { paymentIntentId: sides.payment.paymentIntentId, purchase: sides.purchases[0] ?? null }
    const left = findings.length > 0 ? await lookAgain(run, place) : sides
    compared.push(comparedOf(left.payment ?? sides.payment, left.purchases, sides.isForeign))
  })
  await inTransaction((tx) => noteCompared(tx, run.reportId, compared))
}

/** Compares a purchase, with the payment that it names now. */
export async function examinePurchase(run: Run, { purchaseId }: { purchaseId: string }): Promise<void> {
  const purchase = await readPurchase(purchaseId)
  if (!purchase) return
  const { paymentIntentId } = purchase
  const listed = paymentIntentId ? await readPaymentsById([paymentIntentId]) : []
  if (listed.length > 0) return examinePayments(run, listed)
  if (compareAlone(run, purchase).length > 0) await lookAgain(run, { paymentIntentId, purchase })
  const compared = { ...comparedOf(null, [purchase], false), payment: `purchase:${purchase.purchaseId}` }
  await inTransaction((tx) => noteCompared(tx, run.reportId, [compared]))
}

const readPurchase = async (purchaseId: string): Promise<BookedPurchase | null> =>
  (await readBooked(pool(), { paymentIntentIds: [], purchaseIds: [purchaseId] }))[0] ?? null

function comparedOf(payment: PaymentAtStripe | null, purchases: BookedPurchase[], isForeign: boolean): Compared {
  const named = purchases.find(({ paymentIntentId }) => paymentIntentId === payment?.paymentIntentId)
  const purchase = named ?? purchases[0] ?? null
  return {
    payment: payment?.paymentIntentId ?? '',
    isForeign,
    accountId: purchase?.accountId ?? null,
    purchaseId: purchase?.purchaseId ?? null,
    position: positionOf(payment, purchase),
  }
}

function compareSides(run: Run, { payment, purchases, payerAccountId, isForeign }: Sides): Finding[] {
  if (isForeign) return []
  const common = { payment, payerAccountId, livemode: run.livemode, at: run.startedAt }
  const sides = purchases.length > 0 ? purchases : [null]
  return sides.flatMap((purchase) => comparePayment({ ...common, purchase }))
}

const compareAlone = (run: Run, purchase: BookedPurchase): Finding[] =>
  comparePayment({ payment: null, purchase, payerAccountId: null, livemode: run.livemode, at: run.startedAt })

interface Place {
  paymentIntentId: string | null
  purchase: BookedPurchase | null
}

interface Looked {
  payment: PaymentAtStripe | null
  purchases: BookedPurchase[]
  findings: Finding[]
}

/**
 * A difference may be work under way: both sides are read anew, and again after a pause while something moved lately. What a
 * verb can put right is handed to it once. What was there before that and is gone after it was healed.
 */
async function lookAgain(run: Run, place: Place): Promise<Looked> {
  let looked = await look(run, place)
  let beforeHealing: Finding[] = []
  if (run.isHealing && looked.findings.some(({ kind }) => remedyOf(kind))) {
    beforeHealing = looked.findings
    await heal(looked.findings)
    looked = await look(run, place)
  }
  for (let looks = 2; looks < run.looks && looked.findings.length > 0 && (await isMoving(looked)); looks++) {
    await sleep(run.pauseMs)
    looked = await look(run, place)
  }
  const left = new Set(looked.findings.map(keyOf))
  for (const finding of beforeHealing) if (!left.has(keyOf(finding))) await report(run, finding, 'healed')
  for (const finding of looked.findings) await report(run, finding, stateOf(finding.kind))
  return looked
}

async function look(run: Run, { paymentIntentId, purchase }: Place): Promise<Looked> {
  const sides = paymentIntentId ? await readSidesOf(paymentIntentId) : null
  if (sides) return { ...sides, findings: compareSides(run, sides) }
  const known = purchase && (await readPurchase(purchase.purchaseId))
  return { payment: null, purchases: known ? [known] : [], findings: known ? compareAlone(run, known) : [] }
}

/** Whether something of a payment moved lately, so that the other side may still be following. */
async function isMoving({ payment }: Looked): Promise<boolean> {
  if (!payment) return false
  const sinceMs = (await now()).getTime() - settlesWithinMs
  const moved = [payment.createdAt, ...[...payment.refunds, ...payment.disputes].map(({ createdAt }) => createdAt)]
  return moved.some((instant) => instant.getTime() > sinceMs)
}

/** Writes a finding down, once in a run. */
export async function report(run: Run, finding: Finding, state: FindingState): Promise<void> {
  const key = keyOf(finding)
  if (run.seen.has(key)) return
  run.counts[state] += 1
  if (run.seen.size >= mostFindings) return
  run.seen.add(key)
  const at = await now()
  await inTransaction((tx) => insertFinding(tx, { reportId: run.reportId, finding, state, at }))
}
