import type { Actor } from '@/lib/core/actor'
import { isId } from '@/lib/core/ids'
import { formatMoney, isUnderOneCent, money } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { requireOperator } from '../members'
import { type AttentionCode, type ListedAccount, readAccounts } from './store'

/** An account as operators see it in the list. */
export interface ListedAccountDto {
  accountId: string
  name: string
  owner: string | null
  currency: string
  balance: string
  held: string
  state: 'active' | 'paused' | 'suspended'
  stateText: string
  /** What a person should look at; none when all is well. */
  attention: { code: AttentionCode; text: string }[]
  createdAt: string
}

const pageLength = 50

/**
 * Accounts of the whole platform, newest first, fifty at a time. `search`: part of a name or an address, or an account's id.
 * `after`: the last account of the page before.
 */
export async function listAccountsForOperator(
  actor: Actor,
  { search = '', needsAttention = false, after }: { search?: string; needsAttention?: boolean; after?: string },
): Promise<{ accounts: ListedAccountDto[]; hasMore: boolean }> {
  await requireOperator(actor, 'operator:read')
  const rows = await readAccounts({
    search: search.trim().slice(0, 200),
    needsAttention,
    after: after && isId(after) ? after : null,
    limit: pageLength + 1,
    at: await now(),
  })
  return { accounts: rows.slice(0, pageLength).map(dto), hasMore: rows.length > pageLength }
}

function dto({ balance, held, createdAt, attention, ...row }: ListedAccount): ListedAccountDto {
  const { accountId, name, owner, currency } = row
  return {
    accountId,
    name,
    owner,
    currency,
    balance: formatMoney(money(balance, currency)),
    held: formatMoney(money(held, currency)),
    ...stateOf({ balance, ...row }),
    attention: attention.map((code) => ({ code, text: attentionTexts[code] })),
    createdAt: createdAt.toISOString(),
  }
}

/** As `decideState` decides, in fewer words. */
function stateOf({
  suspendedAt,
  paymentPausedAt,
  isCapReached,
  balance,
  creditLimit,
  currency,
  hasPaymentMethod,
}: Pick<
  ListedAccount,
  'suspendedAt' | 'paymentPausedAt' | 'isCapReached' | 'balance' | 'creditLimit' | 'currency' | 'hasPaymentMethod'
>): Pick<ListedAccountDto, 'state' | 'stateText'> {
  if (suspendedAt) return { state: 'suspended', stateText: 'Suspended by an operator' }
  if (paymentPausedAt) return { state: 'paused', stateText: 'Paused: invoice not paid' }
  if (isCapReached) return { state: 'paused', stateText: 'Paused: cap reached' }
  if (!isUnderOneCent(money(balance + creditLimit, currency))) return { state: 'active', stateText: 'Active' }
  if (creditLimit > 0n) return { state: 'paused', stateText: 'Paused: credit limit used up' }
  if (hasPaymentMethod) return { state: 'paused', stateText: 'Paused: no credit' }
  return { state: 'suspended', stateText: 'Suspended: no card' }
}

const attentionTexts: Record<AttentionCode, string> = {
  debt: 'Below zero',
  dispute: 'Open dispute',
  fraud_warning: 'Payment reported as fraud',
  under_review: 'Payment under review',
  refund_failed: 'Refund failed',
  top_up_paused: 'Auto top-up paused',
  drift: 'Stripe and the books differ',
  asks_for_more: 'Asks for higher limits',
  asks_for_post_paid: 'Asks for post-paid',
  invoice_past_due: 'Invoice past due',
  invoice_not_made: 'Invoice not made for a day',
}
