import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { formatMoney, money } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { billingZone } from '../../budgets'
import { requireRole } from '../../members'
import { eventDto, namesOf, type UsageEventDto } from '../explorer/event-dto'
import { readAccountTerms } from '../explorer/store'
import { readChargedEvents, readTransfer } from './store'

export interface ChargedEventsDto {
  timeZone: string
  seq: string
  amount: string
  currency: string
  postedAt: string
  /** How many there are; the amounts of all of them add up to the movement's. */
  count: number
  /** The first of them, in the order in which they share the credit that the movement drew on. */
  events: UsageEventDto[]
}

const mostListed = 500

const seqPattern = /^[1-9]\d{0,17}$/

/** The usage events that one movement of the ledger charged. @throws Refusal `not_found` when it is no movement of usage. */
export async function listChargedEvents(
  actor: Actor,
  { accountId, seq }: { accountId: string; seq: string },
): Promise<ChargedEventsDto> {
  await requireRole(actor, accountId, 'account:read')
  const { currency } = await readAccountTerms(accountId)
  const transfer = seqPattern.test(seq) ? await readTransfer(accountId, BigInt(seq)) : null
  if (transfer?.kind !== 'usage') {
    throw new Refusal('not_found', { message: 'There is no movement of usage with this number in this account.' })
  }
  const at = await now()
  const [events, timeZone] = await Promise.all([
    readChargedEvents(accountId, transfer),
    billingZone(pool(), accountId, at),
  ])
  const shown = events.slice(0, mostListed)
  const names = await namesOf(accountId, shown)
  return {
    timeZone,
    seq,
    amount: formatMoney(money(transfer.amount, currency)),
    currency,
    postedAt: transfer.postedAt.toISOString(),
    count: events.length,
    events: shown.map((event) => eventDto(event, names, currency)),
  }
}
