/** Why a charge is what it is. */
import type * as z from 'zod'
import { Refusal } from '@/lib/core/errors'
import { type ChargeDto, type ChargePart, eventKeyOf, explainCharge } from '@/lib/domain/usage'
import { parseAccountId, parseAuthorizationId } from '../public-ids'
import { get } from '../route'
import * as schemas from '../schemas'

type Answer = z.infer<typeof schemas.charge>

export const charges = get(
  {
    path: '/v1/accounts/{account_id}/usage/{event_id}',
    operationId: 'explainCharge',
    tag: 'Usage',
    summary: 'Why an event cost what it cost',
    description:
      'Tokens times the prices of that time, the one rounding, the credit that it burned with the receipts it came from, and the budgets that it counts against. Every sum is exact.',
    scope: 'balance:read',
    isForApiKeys: true,
    params: schemas.chargePath,
    answers: {
      200: {
        description: 'The charge, to its receipts',
        schema: schemas.charge,
        examples: { charge: schemas.chargeExample },
      },
    },
    refusals: ['not_found'],
  },
  async ({ actor, path }) => {
    const accountId = parseAccountId(path.account_id!)
    const eventKey = eventKeyIn(accountId, path.event_id!)
    return { status: 200, body: chargeDto(await explainCharge(actor, { accountId, eventKey })) }
  },
)

/** An authorization's charge is known by its hold, which the caller gave no id. */
function eventKeyIn(accountId: string, eventId: string): string {
  if (!eventId.startsWith('auth_')) return eventKeyOf(eventId)
  const named = parseAuthorizationId(eventId)
  if (named.accountId !== accountId) {
    throw new Refusal('not_found', { message: 'There is no such authorization in this account.' })
  }
  return eventKeyOf(`hold:${named.holdId}`)
}

function chargeDto(charge: ChargeDto): Answer {
  const { event } = charge
  return {
    event_id: event.eventId,
    event_key: event.eventKey,
    source: event.source,
    recorded_at: event.recordedAt,
    occurred_at: event.occurredAt,
    priced_at: charge.pricedAt,
    model: event.model.id,
    api_key: event.key,
    member: event.member,
    tag: event.tag,
    currency: event.currency,
    lines: charge.lines.map((line) => ({
      token_class: line.tokenClass,
      tokens: line.tokens,
      per_million: line.perMillion,
      effective_from: line.effectiveFrom,
      amount: line.quotient,
    })),
    sum: charge.quotient,
    rounded: charge.rounded,
    already_charged: charge.alreadyCharged?.amount ?? null,
    difference: charge.difference,
    charged: charge.charge,
    transfer: charge.transfer && {
      seq: charge.transfer.seq,
      amount: charge.transfer.amount,
      posted_at: charge.transfer.postedAt,
      events: charge.transfer.events,
    },
    parts: charge.parts.map(partDto),
    budgets: charge.budgets.map((budget) => ({
      scope: budget.scope,
      window: budget.window,
      subject: budget.subject,
      period: budget.period,
      starts_at: budget.startsAt,
      ends_at: budget.endsAt,
      limit: budget.limit,
      spent: budget.spent,
    })),
  }
}

function partDto(part: ChargePart): Answer['parts'][number] {
  const { kind, amount } = part
  const grant = part.kind === 'owed' ? null : part.grant
  return {
    kind,
    amount,
    repaid_at: part.kind === 'repaid' ? part.at : null,
    repaid_by: part.kind === 'repaid' ? part.transferSeq : null,
    grant: grant && {
      id: grant.grantId,
      source: grant.source,
      granted_at: grant.grantedAt,
      is_gift: grant.isGift,
      receipt: grant.receipt && {
        purchase_id: grant.receipt.purchaseId,
        paid_at: grant.receipt.paidAt,
        receipt_url: grant.receipt.receiptUrl,
        receipt_number: grant.receipt.receiptNumber,
        invoice_pdf_url: grant.receipt.invoicePdfUrl,
        invoice_number: grant.receipt.invoiceNumber,
      },
    },
  }
}
