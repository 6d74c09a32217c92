import type { Actor } from '@/lib/core/actor'
import type { Tx } from '@/lib/edges/db'
import { enqueue } from '@/lib/edges/queue'
import type { CardFacts } from '@/lib/edges/stripe'
import { recordAudit } from '../audit'
import { lockBalance } from '../ledger'
import { claimInstrument } from '../signup-credit'
import { recordTierIn } from '../tiers'
import { cardName } from './rules'
import { insertPaymentMethodOnce, lockPaymentMethods, markDefault, markRemoved, readBillingFacts } from './store'

/**
 * Keeps a card that its owner agreed to save. The first one becomes the default. The same card saved anew takes the place
 * of its former self. A card that another account had the signup credit with costs this account what is left of its own. A card that
 * is not the account's customer's (any more), or was removed before, is left out.
 */
export async function savePaymentMethod(
  tx: Tx,
  { accountId, actor, card, at }: { accountId: string; actor: Actor; card: CardFacts; at: Date },
): Promise<void> {
  const { stripeCustomerId } = await readBillingFacts(tx, accountId)
  if (!card.customerId || card.customerId !== stripeCustomerId) return

  // The order in which everybody locks: the balance before the account.
  await lockBalance(tx, accountId)
  const others = (await lockPaymentMethods(tx, accountId)).filter(
    (row) => row.stripePaymentMethodId !== card.stripePaymentMethodId,
  )
  const former = others.filter((row) => card.fingerprint !== null && row.fingerprint === card.fingerprint)
  const isDefault = !others.some((row) => row.isDefault) || former.some((row) => row.isDefault)
  const paymentMethodId = await insertPaymentMethodOnce(tx, { accountId, card, isDefault: false, at })
  if (!paymentMethodId) return

  for (const row of former) await markRemoved(tx, accountId, row.paymentMethodId, at)
  if (isDefault) await markDefault(tx, accountId, paymentMethodId)
  await recordAudit(tx, {
    accountId,
    actor,
    action: 'payment_method.added',
    after: { paymentMethodId, card: cardName(card), isDefault },
    at,
  })
  const { fingerprint } = card
  if (fingerprint) await claimInstrument(tx, { accountId, card: { ...card, fingerprint }, at })
  await recordTierIn(tx, { accountId, at })
  await reconsiderTopUp(tx, accountId)
}

/** A new card ends what auto top-up was waiting for: it looks again, on fresh facts. */
export const reconsiderTopUp = (tx: Tx, accountId: string): Promise<void> =>
  enqueue(tx, 'resume-auto-top-up', { accountId, because: 'payment_method' }, { key: `resume-top-up:${accountId}` })
