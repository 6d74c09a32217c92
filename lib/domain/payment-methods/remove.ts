import type { Actor } from '@/lib/core/actor'
import type { Tx } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { cardName } from './rules'
import { reconsiderTopUp } from './save'
import { lockPaymentMethods, markDefault, markRemoved, type PaymentMethodRow } from './store'

/** Takes a card out of the account; the newest of the others takes its place as the default. */
export async function removeOne(
  tx: Tx,
  { accountId, paymentMethodId, actor, at }: { accountId: string; paymentMethodId: string; actor: Actor; at: Date },
): Promise<void> {
  const methods = await lockPaymentMethods(tx, accountId)
  const method = methods.find((row) => row.paymentMethodId === paymentMethodId)
  if (!method) return
  await remove(tx, method, actor, at)
  const next = methods.find((row) => row !== method)
  if (!method.isDefault || !next) return
  await markDefault(tx, accountId, next.paymentMethodId)
  await reconsiderTopUp(tx, accountId)
}

/** Takes every card out of the account: their customer is gone at Stripe. */
export async function removeAll(
  tx: Tx,
  { accountId, actor, at }: { accountId: string; actor: Actor; at: Date },
): Promise<void> {
  for (const method of await lockPaymentMethods(tx, accountId)) await remove(tx, method, actor, at)
}

async function remove(tx: Tx, method: PaymentMethodRow, actor: Actor, at: Date): Promise<void> {
  await markRemoved(tx, method.accountId, method.paymentMethodId, at)
  await recordAudit(tx, {
    accountId: method.accountId,
    actor,
    action: 'payment_method.removed',
    before: { paymentMethodId: method.paymentMethodId, card: cardName(method), isDefault: method.isDefault },
    at,
  })
}
