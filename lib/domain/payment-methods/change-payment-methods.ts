import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool } from '@/lib/edges/db'
import { detachPaymentMethod } from '@/lib/edges/stripe'
import { recordAudit } from '../audit'
import { requireRole } from '../members'
import { listPaymentMethods } from './list-payment-methods'
import { removeOne } from './remove'
import { cardName, type PaymentMethodDto } from './rules'
import { reconsiderTopUp } from './save'
import { lockPaymentMethods, markDefault, type PaymentMethodRow, readPaymentMethods } from './store'

interface Choice {
  accountId: string
  paymentMethodId: string
}

/** Makes a card the one that automatic charges use. @throws Refusal `not_found` */
export async function setDefaultPaymentMethod(actor: Actor, choice: Choice): Promise<PaymentMethodDto[]> {
  await requireRole(actor, choice.accountId, 'billing:write')
  const at = await now()
  await inTransaction(async (tx) => {
    const methods = await lockPaymentMethods(tx, choice.accountId)
    const method = chosen(methods, choice)
    if (method.isDefault) return
    const former = methods.find((row) => row.isDefault)
    await markDefault(tx, choice.accountId, method.paymentMethodId)
    await recordAudit(tx, {
      accountId: choice.accountId,
      actor,
      action: 'payment_method.default_set',
      before: former && { paymentMethodId: former.paymentMethodId, card: cardName(former) },
      after: { paymentMethodId: method.paymentMethodId, card: cardName(method) },
      at,
    })
    await reconsiderTopUp(tx, choice.accountId)
  })
  return listPaymentMethods(actor, choice)
}

/**
 * Removes a card here and at Stripe. Stripe goes first: when it is away nothing has changed, and when we stop in between,
 * its event finishes the rest.
 * @throws Refusal `not_found`, `payment_provider_unavailable`
 */
export async function removePaymentMethod(actor: Actor, choice: Choice): Promise<PaymentMethodDto[]> {
  await requireRole(actor, choice.accountId, 'billing:write')
  const method = chosen(await readPaymentMethods(pool(), choice.accountId), choice)
  await detachPaymentMethod(method.stripePaymentMethodId)
  const at = await now()
  await inTransaction((tx) => removeOne(tx, { ...choice, actor, at }))
  return listPaymentMethods(actor, choice)
}

function chosen(methods: PaymentMethodRow[], { paymentMethodId }: Choice): PaymentMethodRow {
  const method = methods.find((row) => row.paymentMethodId === paymentMethodId)
  if (!method) throw new Refusal('not_found', { message: 'This card is not on the account any more.' })
  return method
}
