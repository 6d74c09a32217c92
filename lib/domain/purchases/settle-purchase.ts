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
  lockPurchase,
  markChecked,
  type Purchase,
  storeCheckout,
  storeReceipt,
  updateState,
} from './store'

/** How long the same order is sent again to learn its page: Stripe forgets idempotency keys after 24 hours. */
const resendForMs = 23 * hourMs

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
  if (!purchase) throw notFound()
  if (isFinal(purchase.state)) await completeReceipt(purchase)
  else if (purchase.origin === 'auto_top_up') await leaveToAutoTopUp(purchase)
  else await follow(purchase, sessionId)
  return purchaseDto((await findPurchase(pool(), accountId, purchaseId)) ?? purchase)
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
  if (known) return (await readCheckout(known)) ?? 'none'

  // Nobody wrote down which page was opened, if any was.
  const pages = await listCheckouts({ customerId: await ensureCustomer(purchase.accountId) })
  const page = pages.find((candidate) => candidate.metadata.purchase_id === purchase.purchaseId)
  if (page) return (await readCheckout(page.sessionId)) ?? 'none'
  const ageMs = (await now()).getTime() - purchase.createdAt.getTime()
  if (purchase.state !== 'open' || ageMs >= resendForMs) return 'none'
  return openAgain(purchase)
}

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

async function apply(tx: Tx, { accountId, purchaseId }: Purchase, checkout: CheckoutFacts, at: Date): Promise<void> {
  const { payment } = checkout
  const progress = progressOf({
    ...checkout,
    payment: payment && { status: payment.status, declineMessage: payment.decline?.message ?? null },
  })
  if (progress.kind === 'paid') {
    await settlePurchaseIn(tx, { accountId, purchaseId, paid: paidByCheckout(checkout), at })
    return
  }
  await storeCheckout(tx, { accountId, purchaseId }, checkout)
  await advance(tx, { accountId, purchaseId }, progress, at)
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

/** Stripe makes receipts a moment after the payment: what was missing then is filled in later. */
async function completeReceipt(purchase: Purchase): Promise<void> {
  if ((purchase.receiptUrl && purchase.receiptNumber) || !purchase.paymentIntentId) return
  const charge = (await readPayment(purchase.paymentIntentId))?.charge
  if (charge) await inTransaction((tx) => storeReceipt(tx, purchase, charge))
}

const notFound = () => new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
