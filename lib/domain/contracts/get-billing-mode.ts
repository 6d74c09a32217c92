import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { atLeastZero, formatMoney, least, subtract } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { readTopUpState } from '../auto-top-up'
import { getMonth } from '../budgets'
import { readAskedFor } from '../invoices'
import { readBalance } from '../ledger'
import { requireRole } from '../members'
import { type BillingModeDto, contractDto, postPaidRequestDto } from './dto'
import { creditOf, leftOfCreditLimit, outstandingOf } from './rules'
import { findContract, findLatestRequest, readAccountBilling } from './store'

/** How the account is billed, with every figure that words about it need. The figures of one moment. @throws Refusal `not_found` */
export async function getBillingMode(actor: Actor, { accountId }: { accountId: string }): Promise<BillingModeDto> {
  await requireRole(actor, accountId, 'account:read')
  const at = await now()
  const [billing, { balance, held }, month, contract, request, topUpState, askedFor] = await Promise.all([
    readAccountBilling(pool(), accountId),
    readBalance(pool(), accountId),
    getMonth(actor, { accountId }),
    findContract(pool(), accountId),
    findLatestRequest(pool(), accountId),
    readTopUpState(pool(), accountId, at),
    readAskedFor(pool(), accountId),
  ])
  if (!billing) throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
  const { mode, creditLimit } = billing
  const isPostPaid = mode === 'postpaid'
  const outstanding = outstandingOf(balance)
  const invoiced = least(askedFor, outstanding)
  return {
    accountId,
    mode,
    currency: balance.currency,
    balance: formatMoney(balance),
    held: formatMoney(held),
    credit: formatMoney(creditOf(balance)),
    outstanding: formatMoney(outstanding),
    invoiced: formatMoney(invoiced),
    notInvoiced: formatMoney(atLeastZero(subtract(outstanding, invoiced))),
    creditLimit: isPostPaid ? formatMoney(creditLimit) : null,
    leftOfCreditLimit: isPostPaid ? formatMoney(leftOfCreditLimit({ balance, held, creditLimit })) : null,
    month: {
      period: month.period,
      startsAt: month.startsAt,
      endsAt: month.endsAt,
      timeZone: month.timeZone,
      spent: month.spent,
    },
    nextInvoiceAt: isPostPaid ? month.endsAt : null,
    pausedForPaymentSince: billing.pausedForPaymentSince?.toISOString() ?? null,
    contract: contract && contractDto(contract),
    request: request && postPaidRequestDto(request),
    isAutoTopUpResting: isPostPaid && topUpState !== 'off',
  }
}
