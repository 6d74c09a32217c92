import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { formatMoney, money } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { billingZone } from '../../budgets'
import type { GrantSource } from '../../grants/rules'
import { sumTokens } from '../../holds/rules'
import type { TransferKind } from '../../ledger/rules'
import { requireRole } from '../../members'
import { perMillionTokens, type TokenClass, type Tokens, tokenClasses } from '../../prices/rules'
import { eventKeyOf } from '../event-key'
import { eventDto, namesOf, type UsageEventDto } from '../explorer/event-dto'
import { type EventRow, readAccountTerms } from '../explorer/store'
import { addQuotients, printQuotient, quotientOf, repaymentsOf, roundQuotient, shareOf } from './rules'
import {
  chargedOf,
  type GrantRow,
  readChargedEvents,
  readCountedBudgets,
  readDraws,
  readEvent,
  readGrantsOf,
  readPricesAt,
  readRepayments,
  readSubjectName,
  readTransfer,
  type TransferRow,
} from './store'

/** A receipt of the purchase that credit came from. */
export interface ChargeReceipt {
  purchaseId: string
  paidAt: string | null
  receiptUrl: string | null
  receiptNumber: string | null
  invoicePdfUrl: string | null
  invoiceNumber: string | null
}

/** Credit that paid a part: the grant, and the receipt that it came from. */
export interface ChargeGrant {
  grantId: string
  source: GrantSource
  grantedAt: string
  /** Paid by a promotion code at that purchase, not by the card. */
  isGift: boolean
  receipt: ChargeReceipt | null
}

/**
 * Where a part of the charge went. grant: burned there. repaid: recorded below zero, and paid later by credit that arrived;
 * its grant is null when credit came back that an older grant had brought. owed: recorded below zero and not paid yet.
 */
export type ChargePart =
  | { kind: 'grant'; amount: string; grant: ChargeGrant }
  | {
      kind: 'repaid'
      amount: string
      at: string
      transferSeq: string
      transferKind: TransferKind
      grant: ChargeGrant | null
    }
  | { kind: 'owed'; amount: string }

export interface ChargeLine {
  tokenClass: TokenClass
  tokens: number
  /** Decimal strings: money for one million tokens, and tokens times that, with every digit. */
  perMillion: string
  effectiveFrom: string
  quotient: string
}

export interface ChargeBudget {
  budgetId: string
  scope: 'account' | 'key' | 'member'
  subject: { id: string; name: string | null } | null
  window: 'daily' | 'weekly' | 'monthly' | 'lifetime'
  period: string
  startsAt: string
  endsAt: string
  timeZone: string
  /** The limit as it is now; null: no cap. */
  limit: string | null
  /** What the whole period has spent up to now. */
  spent: string
}

export interface ChargeDto {
  timeZone: string
  event: UsageEventDto
  /** When its price was looked up: when it happened, else when it was recorded; of a hold, when that was placed. */
  pricedAt: string
  lines: ChargeLine[]
  /** The exact sum of the lines, and the same rounded once, half up, to the nano. */
  quotient: string
  rounded: string
  /** Of a late settle: what the request was charged already when its hold expired. The lines are of the whole request. */
  alreadyCharged: { eventKey: string; amount: string } | null
  /** What the charge has beyond rounded less alreadyCharged: nothing, unless the price list was changed in hindsight. */
  difference: string
  charge: string
  /** The movement of the ledger, and how many events it charged; null when the charge is nothing. */
  transfer: { seq: string; amount: string; postedAt: string; events: number } | null
  /** These add up to the charge. */
  parts: ChargePart[]
  budgets: ChargeBudget[]
}

/**
 * Why a usage event cost what it cost: tokens by class times the prices of that time, the one rounding, the grants that it
 * burned, the receipts those came from, and the caps and budgets it counted against. Every sum is exact.
 * @throws Refusal `not_found` when the account has no such event, or its month was archived.
 */
export async function explainCharge(
  actor: Actor,
  { accountId, eventKey }: { accountId: string; eventKey: string },
): Promise<ChargeDto> {
  await requireReading(actor, accountId)
  const { currency } = await readAccountTerms(accountId)
  const event = await readEvent(accountId, requireKey(eventKey))
  if (!event) throw noSuchCharge()
  const [transfer, names, timeZone, budgets, price] = await Promise.all([
    event.transferSeq === null ? null : readTransfer(accountId, event.transferSeq),
    namesOf(accountId, [event]),
    now().then((at) => billingZone(pool(), accountId, at)),
    budgetsOf(accountId, event, currency),
    priceOf(accountId, event, currency),
  ])
  const paid = transfer ? await partsOf(accountId, event, transfer, currency) : { parts: [], events: 0 }
  return {
    timeZone,
    event: eventDto(event, names, currency),
    ...price,
    charge: formatMoney(money(event.amount, currency)),
    transfer: transfer && {
      seq: transfer.seq.toString(),
      amount: formatMoney(money(transfer.amount, currency)),
      postedAt: transfer.postedAt.toISOString(),
      events: paid.events,
    },
    parts: paid.parts,
    budgets,
  }
}

/** People by their role; the platform's gateway and the account's own API keys by their scopes. */
async function requireReading(actor: Actor, accountId: string): Promise<void> {
  if (actor.kind === 'service' && actor.scopes.includes('balance:read')) return
  if (actor.kind === 'api_key' && actor.accountId === accountId && actor.scopes.includes('read')) return
  await requireRole(actor, accountId, 'account:read')
}

const keyPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function requireKey(eventKey: string): string {
  if (keyPattern.test(eventKey)) return eventKey
  throw noSuchCharge()
}

const noSuchCharge = () =>
  new Refusal('not_found', {
    message: 'There is no such charge in this account. If it is old, its month may have been archived.',
  })

async function priceOf(accountId: string, event: EventRow, currency: string) {
  const at = event.occurredAt ?? event.recordedAt
  const [prices, before] = await Promise.all([readPricesAt(event.model, at), chargedBefore(accountId, event)])
  const own = tokensOf(event)
  const quantities = byClass(before ? sumTokens(tokensOf(before), own) : own)
  const priced = tokenClasses.flatMap((tokenClass) => {
    const price = prices.get(tokenClass)
    return price
      ? [
          {
            tokenClass,
            price,
            quotient: quotientOf(perMillionTokens(price.perMillion, currency), quantities[tokenClass]),
          },
        ]
      : []
  })
  const quotient = addQuotients(priced.map((line) => line.quotient))
  const rounded = roundQuotient(quotient)
  return {
    pricedAt: at.toISOString(),
    lines: priced.map((line) => ({
      tokenClass: line.tokenClass,
      tokens: Number(quantities[line.tokenClass]),
      perMillion: formatMoney(money(line.price.perMillion, currency)),
      effectiveFrom: line.price.effectiveFrom.toISOString(),
      quotient: printQuotient(line.quotient),
    })),
    quotient: printQuotient(quotient),
    rounded: formatMoney(money(rounded, currency)),
    alreadyCharged: before && { eventKey: before.eventKey, amount: formatMoney(money(before.amount, currency)) },
    difference: formatMoney(money(event.amount - (rounded - (before?.amount ?? 0n)), currency)),
  }
}

/** What the hold of a late settle was charged for when it expired. */
async function chargedBefore(accountId: string, { source, holdId }: EventRow): Promise<EventRow | null> {
  return source === 'late' && holdId ? readEvent(accountId, eventKeyOf(`hold:${holdId}`)) : null
}

const tokensOf = ({ inputTokens, cachedInputTokens, outputTokens }: EventRow): Tokens => ({
  inputTokens: BigInt(inputTokens),
  cachedInputTokens: BigInt(cachedInputTokens),
  outputTokens: BigInt(outputTokens),
})

const byClass = ({ inputTokens, cachedInputTokens, outputTokens }: Tokens): Record<TokenClass, bigint> => ({
  input: inputTokens - cachedInputTokens,
  cached_input: cachedInputTokens,
  output: outputTokens,
})

async function partsOf(
  accountId: string,
  event: EventRow,
  transfer: TransferRow,
  currency: string,
): Promise<{ parts: ChargePart[]; events: number }> {
  const [events, draws] = await Promise.all([
    readChargedEvents(accountId, transfer),
    readDraws(accountId, transfer.seq),
  ])
  const share = shareOf(event.eventKey, chargedOf(events), draws)
  const grants = new Map(draws.map((draw) => [draw.grantId, draw]))
  const amountOf = (nanos: bigint) => formatMoney(money(nanos, currency))
  const parts: ChargePart[] = share.draws.map(({ grantId, nanos }) => ({
    kind: 'grant',
    amount: amountOf(nanos),
    grant: grantDto(grants.get(grantId)!),
  }))
  const { from, to } = share.uncovered
  if (to === from) return { parts, events: events.length }

  const balanceBefore = transfer.balanceAfter + transfer.amount
  const owedBefore = balanceBefore < 0n ? -balanceBefore : 0n
  const repayments = await readRepayments(accountId, transfer.seq)
  const { paid, owed } = repaymentsOf(share.uncovered, owedBefore, repayments)
  const brought = await readGrantsOf(
    accountId,
    paid.map(({ seq }) => seq),
  )
  for (const { seq, nanos } of paid) {
    const { kind: transferKind, postedAt } = repayments.find((repayment) => repayment.seq === seq)!
    const grant = brought.get(seq)
    parts.push({
      kind: 'repaid',
      amount: amountOf(nanos),
      at: postedAt.toISOString(),
      transferSeq: seq.toString(),
      transferKind,
      grant: grant ? grantDto(grant) : null,
    })
  }
  if (owed > 0n) parts.push({ kind: 'owed', amount: amountOf(owed) })
  return { parts, events: events.length }
}

const grantDto = ({ grantId, source, grantedAt, isGift, purchaseId, paidAt, ...papers }: GrantRow): ChargeGrant => ({
  grantId,
  source,
  grantedAt: grantedAt.toISOString(),
  isGift: isGift ?? false,
  receipt: purchaseId === null ? null : receiptDto(purchaseId, paidAt, papers),
})

const receiptDto = (
  purchaseId: string,
  paidAt: Date | null,
  { receiptUrl, receiptNumber, invoicePdfUrl, invoiceNumber }: Omit<ChargeReceipt, 'purchaseId' | 'paidAt'>,
): ChargeReceipt => ({
  purchaseId,
  paidAt: paidAt?.toISOString() ?? null,
  receiptUrl,
  receiptNumber,
  invoicePdfUrl,
  invoiceNumber,
})

async function budgetsOf(accountId: string, event: EventRow, currency: string): Promise<ChargeBudget[]> {
  const budgets = await readCountedBudgets(accountId, event)
  return Promise.all(
    budgets.map(async (budget) => ({
      budgetId: budget.budgetId,
      scope: budget.scope,
      subject:
        budget.subjectId === null ? null : { id: budget.subjectId, name: await readSubjectName(accountId, budget) },
      window: budget.window,
      period: budget.period,
      startsAt: budget.startsAt.toISOString(),
      endsAt: budget.endsAt.toISOString(),
      timeZone: budget.timeZone,
      limit: budget.limit === null ? null : formatMoney(money(budget.limit, currency)),
      spent: formatMoney(money(budget.spent, currency)),
    })),
  )
}
