import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { formatMoney } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { inTransaction, type Tx } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { recordAudit } from '../audit'
import { readBalance } from '../ledger'
import { requireRole } from '../members'
import { hasPaymentMethod } from '../payment-methods'
import { largestPurchase } from '../purchases/rules'
import { checkPlan, type PlanInput } from './check-plan'
import { considerAutoTopUp } from './consider-auto-top-up'
import { type AutoTopUpDto, getAutoTopUp } from './get-auto-top-up'
import { cleared, type TopUpPlan } from './rules'
import { askForRun, findOpenAttempt, insertSettingOnce, lockSetting, savePlan, saveStanding } from './store'

/**
 * Saves how credit is bought automatically, and acts on it at once. Switching on ends a pause. A charge in flight is not
 * called back; what it brings is credited.
 * @throws Refusal `invalid_amount`, `amount_too_small`, `amount_too_large` or `no_payment_method` naming the field.
 */
export async function saveAutoTopUp(actor: Actor, input: { accountId: string } & PlanInput): Promise<AutoTopUpDto> {
  const { accountId } = input
  await requireRole(actor, accountId, 'billing:write')
  const plan = checkPlan(input, largestPurchase(env().LARGEST_PURCHASE_USD))
  const at = await now()
  await inTransaction(async (tx) => {
    if (plan.isOn && !(await hasPaymentMethod(tx, accountId))) throw noPaymentMethod()
    await insertSettingOnce(tx, accountId, plan, at)
    const before = await lockSetting(tx, accountId)
    await savePlan(tx, accountId, plan, at)
    if (plan.isOn && !before?.isOn) await saveStanding(tx, accountId, cleared, at)
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'auto_top_up.saved',
      before: before && audited(before),
      after: audited(plan),
      at,
    })
    await actAtOnce(tx, accountId)
  })
  return getAutoTopUp(actor, { accountId })
}

/** A charge that may be due now, or an attempt that waits for a customer who has switched it off. */
async function actAtOnce(tx: Tx, accountId: string): Promise<void> {
  const attempt = await findOpenAttempt(tx, accountId)
  if (attempt) await askForRun(tx, accountId)
  else await considerAutoTopUp(tx, { accountId, available: (await readBalance(tx, accountId)).available })
}

const audited = ({ isOn, minimum, mode, amount, target, monthlyLimit }: TopUpPlan) => ({
  isOn,
  minimum: formatMoney(minimum),
  mode,
  amount: formatMoney(amount),
  target: formatMoney(target),
  monthlyLimit: monthlyLimit && formatMoney(monthlyLimit),
})

const noPaymentMethod = () =>
  new Refusal('no_payment_method', {
    field: 'isOn',
    message: 'There is no saved card to charge. Add a payment method first, then switch auto top-up on.',
  })
