import { Refusal } from '@/lib/core/errors'
import { formatMoney, parseMoney } from '@/lib/core/money'
import { minuteMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { log } from '@/lib/edges/log'
import { type CheckoutFacts, cancelPayment, expireCheckout, openCheckout, readCheckout } from '@/lib/edges/stripe'
import { notify } from '../notifications'
import { paidByCharge, paidByCheckout } from '../purchases'
import { findPayment } from './learn-outcome'
import { endAttempt, paused, recordOutcome } from './record-outcome'
import { cleared, type Standing } from './rules'
import { type Attempt, type AttemptState, isOpen, lockSetting, readAttempt, saveProgress } from './store'

/** How often a page that waits for the customer is looked at, in case the event of its payment is lost. */
const lookAgainMs = 5 * minuteMs

/**
 * Carries on an attempt whose bank wants the customer. First the payment in the background is put beyond use, then a page
 * is opened on which the customer pays the same: only one of the two can ever be paid. The page is good for 24 hours;
 * paid, auto top-up goes on; not paid, it pauses. isSuperseded: the customer has moved on, so the page is closed.
 */
export async function continueRecovery(
  attempt: Attempt,
  { isSuperseded }: { isSuperseded: boolean },
): Promise<AttemptState> {
  try {
    return attempt.recoverySessionId
      ? await follow(attempt, attempt.recoverySessionId, isSuperseded)
      : await offer(attempt, isSuperseded)
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'payment_provider_unavailable')) throw error
    return lookAgain(attempt, minuteMs)
  }
}

async function offer(attempt: Attempt, isSuperseded: boolean): Promise<AttemptState> {
  const found = await findPayment(attempt)
  const payment = found && (await cancelPayment(found.paymentIntentId))
  crashPoint('top-up:recovery-after-cancel')
  if (payment?.status === 'succeeded') {
    const { paymentIntentId } = payment
    return (await recordOutcome(attempt, { kind: 'succeeded', paid: paidByCharge(payment), paymentIntentId })).state
  }
  if (payment && payment.status !== 'canceled') return lookAgain(attempt, minuteMs)
  if (isSuperseded) return end(attempt, { reason: superseded, standing: cleared })

  crashPoint('top-up:before-recovery-page')
  const opened = await openCheckout(recoveryOrder(attempt))
  crashPoint('top-up:after-recovery-page')
  if (opened.kind === 'opened' && opened.checkout.url) {
    return tellCustomer(attempt, { sessionId: opened.checkout.sessionId, url: opened.checkout.url })
  }
  log.error({ attemptId: attempt.attemptId, opened }, 'Stripe did not open the page to confirm an auto top-up')
  return end(attempt, { reason: notConfirmed, standing: paused('authentication', attempt) })
}

function recoveryOrder({ request, attemptId, purchaseId, tries }: Attempt): Parameters<typeof openCheckout>[0] {
  const credits = `${env().APP_URL.replace(/\/$/, '')}/credits`
  return {
    // A key of its own for each try: Stripe stores failures too. A page that nobody was told of is never paid.
    idempotencyKey: `topup-recovery:${attemptId}:${tries}`,
    customerId: request.customerId,
    amount: parseMoney(request.amount, 'amount', request.currency),
    description: request.description,
    clientReferenceId: purchaseId,
    metadata: request.metadata,
    // Confirmed for charges without the customer, the card need not be confirmed each time.
    savesCard: true,
    receiptEmail: request.receiptEmail,
    successUrl: `${credits}?purchase=${purchaseId}`,
    cancelUrl: `${credits}?canceled=${purchaseId}`,
  }
}

async function tellCustomer(attempt: Attempt, recovery: { sessionId: string; url: string }): Promise<AttemptState> {
  const { accountId, attemptId, amount, card, message } = attempt
  const at = await now()
  return inTransaction(async (tx) => {
    await lockSetting(tx, accountId)
    const current = await readAttempt(tx, accountId, attemptId)
    if (!isOpen(current.state) || current.recoverySessionId) return current.state
    await saveProgress(tx, attempt, { recovery, nextTryAt: new Date(at.getTime() + lookAgainMs) })
    await notify(tx, {
      accountId,
      kind: 'top_up_needs_you',
      cause: `attempt:${attemptId}`,
      facts: { amount: formatMoney(amount), card, message, url: confirmUrl(attemptId) },
      at,
    })
    crashPoint('top-up:recovery-before-commit')
    return current.state
  })
}

/** What is mailed is a page of ours that asks who is there; the page at Stripe is shown to those who may pay. */
const confirmUrl = (attemptId: string) => `${new URL(env().APP_URL).origin}/credits/confirm/${attemptId}`

async function follow(attempt: Attempt, sessionId: string, isSuperseded: boolean): Promise<AttemptState> {
  const checkout = isSuperseded ? await expireCheckout(sessionId) : await readCheckout(sessionId)
  if (checkout && isPaid(checkout)) {
    const paymentIntentId = checkout.payment?.paymentIntentId ?? null
    return (await recordOutcome(attempt, { kind: 'succeeded', paid: paidByCheckout(checkout), paymentIntentId })).state
  }
  if (checkout && checkout.status !== 'expired') return lookAgain(attempt, lookAgainMs)
  return isSuperseded
    ? end(attempt, { reason: superseded, standing: cleared })
    : end(attempt, { reason: notConfirmed, standing: paused('authentication', attempt) })
}

const isPaid = ({ paymentStatus, payment }: CheckoutFacts): boolean =>
  paymentStatus === 'paid' && payment?.status === 'succeeded'

const superseded = 'Not needed any more. You have not been charged.'
const notConfirmed = 'The payment was not confirmed in time. You have not been charged.'

async function lookAgain(attempt: Attempt, afterMs: number): Promise<AttemptState> {
  const nextTryAt = new Date((await now()).getTime() + afterMs)
  await inTransaction((tx) => saveProgress(tx, attempt, { nextTryAt }))
  return attempt.state
}

async function end(attempt: Attempt, how: { reason: string; standing: Standing }): Promise<AttemptState> {
  const { accountId, attemptId } = attempt
  const at = await now()
  return inTransaction(async (tx) => {
    const setting = (await lockSetting(tx, accountId))!
    const current = await readAttempt(tx, accountId, attemptId)
    if (!isOpen(current.state)) return current.state
    await endAttempt(tx, { setting, attempt: current, at }, how)
    return 'canceled'
  })
}
