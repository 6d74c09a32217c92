import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { formatMoney } from '@/lib/core/money'
import { hourMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction, pool, type Tx } from '@/lib/edges/db'
import { enqueue } from '@/lib/edges/queue'
import { type CheckoutFacts, listCheckouts, readCheckout, readPayment } from '@/lib/edges/stripe'
import { requireRole } from '../members'
import { notify } from '../notifications'
import { ensureCustomer } from '../payment-methods'
import { type PurchaseDto, purchaseDto } from './dto'
import { openCheckoutOf } from './open-checkout'
import { isFinal, mayBecome, type Progress, progressOf } from './rules'
import { paidByCheckout, settlePurchaseIn } from './settle-purchase-in'
import {
  findPurchase,
  lacksPapers,
  lockPurchase,
  markChecked,
  type Purchase,
  storeBank,
  storeCheckout,
  storeInvoice,
  storeReceipt,
  updateState,
} from './store'

/** How long the same order is sent again to learn its page: Stripe forgets idempotency keys after 24 hours. */
const resendForMs = 23 * hourMs

/** Pages close after 24 hours; an hour for clocks that differ. */
const pageLivesForMs = 25 * hourMs

/**
 * Brings a purchase in line with Stripe, which is asked anew: the return page, events, the reconcile and "Find my purchase"
 * all run this, in any order and number. A paid page always credits, whatever we believed before.
 * `sessionId`: the page that the caller has heard of, when it may not be on the purchase yet.
 * @throws Refusal `not_found`, `payment_provider_unavailable`
 */
export async function settlePurchase(
  actor: Actor,
  { accountId, purchaseId, sessionId }: { accountId: string; purchaseId: string; sessionId?: string },
): Promise<PurchaseDto> {
  await requireRole(actor, accountId, 'account:read')
  const purchase = isId(purchaseId) ? await findPurchase(pool(), accountId, purchaseId) : null
  // What was paid for an invoice is no purchase to people; its papers are completed like any other's.
  if (!purchase || (purchase.origin === 'invoice' && actor.kind !== 'system')) throw notFound()
  if (purchase.origin === 'auto_top_up' && !isFinal(purchase.state)) await leaveToAutoTopUp(purchase)
  else if (!isFinal(purchase.state)) await follow(purchase, sessionId)
  else if (sessionId && purchase.checkoutSessionId && sessionId !== purchase.checkoutSessionId) {
    await follow(purchase, sessionId) // a second page of it: should it be paid as well, a person must know
  } else await completePapers(purchase)
  return purchaseDto((await findPurchase(pool(), accountId, purchaseId)) ?? purchase, await now())
}

/** Automatic purchases are settled by auto top-up, together with their attempt: its run asks Stripe. */
const leaveToAutoTopUp = ({ accountId }: Purchase): Promise<void> =>
  inTransaction((tx) => enqueue(tx, 'run-auto-top-up', { accountId }, { key: `top-up:${accountId}` }))

async function follow(purchase: Purchase, sessionId: string | undefined): Promise<void> {
  const checkout = await findCheckout(purchase, sessionId)
  crashPoint('settle:after-read')
  const at = await now()
  await inTransaction(async (tx) => {
    await markChecked(tx, purchase, at)
    if (checkout === 'none') await advance(tx, purchase, { kind: 'expired' }, at)
    else if (checkout !== 'not_yet') await apply(tx, purchase, checkout, at)
  })
  crashPoint('settle:after-commit')
}

/** The purchase's page; none when there never was one and none will be; not_yet when one may still be opened. */
async function findCheckout(
  purchase: Purchase,
  sessionId: string | undefined,
): Promise<CheckoutFacts | 'none' | 'not_yet'> {
  const known = sessionId ?? purchase.checkoutSessionId
  if (known) return (await readCheckout(known)) ?? missing(purchase)

  // Nobody wrote down which page was opened, if any was.
  const pages = await listCheckouts({ customerId: await ensureCustomer(purchase.accountId) })
  const page = pages.find((candidate) => candidate.metadata.purchase_id === purchase.purchaseId)
  if (page) return (await readCheckout(page.sessionId)) ?? missing(purchase)
  if (purchase.state !== 'open' || (await ageOf(purchase)) >= resendForMs) return 'none'
  return openAgain(purchase)
}

/** A page that we were told of and that Stripe does not show: it may not show it yet. It lives for a day. */
const missing = async (purchase: Purchase): Promise<'none' | 'not_yet'> =>
  purchase.state === 'open' && (await ageOf(purchase)) >= pageLivesForMs ? 'none' : 'not_yet'

const ageOf = async ({ createdAt }: Purchase): Promise<number> => (await now()).getTime() - createdAt.getTime()

/** Sends the same order under the same key. Stripe may have kept an error under it: then the page waits to expire. */
async function openAgain(purchase: Purchase): Promise<CheckoutFacts | 'not_yet'> {
  try {
    const opened = await openCheckoutOf(purchase)
    return opened.kind === 'opened' ? opened.checkout : 'not_yet'
  } catch (error) {
    if (error instanceof Refusal && error.code === 'payment_provider_unavailable') return 'not_yet'
    throw error
  }
}

async function apply(tx: Tx, purchase: Purchase, checkout: CheckoutFacts, at: Date): Promise<void> {
  const { accountId, purchaseId, checkoutSessionId } = purchase
  const { payment } = checkout
  const progress = progressOf({
    ...checkout,
    payment: payment && { status: payment.status, declineMessage: payment.decline?.message ?? null },
  })
  if (progress.kind === 'paid') {
    await settlePurchaseIn(tx, { accountId, purchaseId, paid: paidByCheckout(checkout), at })
    return
  }
  const isOther = checkoutSessionId !== null && checkoutSessionId !== checkout.sessionId
  if (isFinal(purchase.state) || (isOther && progress.kind !== 'processing')) return
  await storeCheckout(tx, purchase, checkout, { takesPlace: isOther })
  if (payment?.bank) await storeBank(tx, purchase, payment.bank)
  await advance(tx, purchase, progress, at)
  crashPoint('settle:before-state-commit')
}

/** Moves the state forward on news short of "paid". */
async function advance(
  tx: Tx,
  { accountId, purchaseId }: Pick<Purchase, 'accountId' | 'purchaseId'>,
  progress: Exclude<Progress, { kind: 'paid' }>,
  at: Date,
): Promise<void> {
  const purchase = await lockPurchase(tx, accountId, purchaseId)
  if (!purchase) return
  const reason = 'reason' in progress ? progress.reason : null
  if (progress.kind === 'open' && purchase.state === 'open' && reason !== purchase.stateReason) {
    await updateState(tx, purchase, { state: 'open', reason })
  }
  if (!mayBecome(purchase.state, progress.kind)) return
  await updateState(tx, purchase, { state: progress.kind, reason })
  if (progress.kind !== 'failed') return
  await notify(tx, {
    accountId,
    kind: 'purchase_failed',
    cause: `purchase:${purchaseId}`,
    facts: { amount: formatMoney(purchase.amount), reason },
    at,
  })
}

/** Stripe makes receipts and invoices a moment after the payment: what was missing then is filled in later. */
async function completePapers(purchase: Purchase): Promise<void> {
  if (!lacksPapers(purchase)) return
  const { checkoutSessionId, paymentIntentId } = purchase
  const checkout = purchase.pageTerms?.invoice && checkoutSessionId ? await readCheckout(checkoutSessionId) : null
  const payment = checkout?.payment ?? (paymentIntentId ? await readPayment(paymentIntentId) : null)
  await inTransaction(async (tx) => {
    if (payment?.charge && payment.paymentIntentId === paymentIntentId) await storeReceipt(tx, purchase, payment.charge)
    if (checkout?.invoice) await storeInvoice(tx, purchase, checkout.invoice)
    crashPoint('settle:before-papers-commit')
  })
}

const notFound = () => new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
