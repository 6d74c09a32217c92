import { displayMoney, isPositive, parseMoney } from '@/lib/core/money'
import type { DisputeDto } from '@/lib/domain/disputes'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { displayDay } from '../ui/time'
import { stanceTones } from './words'

/** Payments that a bank decides about, or has decided against the account, and what that does to its credit. */
export function DisputedPayments({ disputes, timeZone }: { disputes: DisputeDto[]; timeZone: string }) {
  const shown = disputes.filter(({ closedAt, stance }) => closedAt === null || stance === 'taken')
  if (shown.length === 0) return null
  return (
    <Card id="disputes" title="Disputed payments" isFlush>
      <ul>
        {shown.map((dispute) => (
          <li key={dispute.disputeId} className="border-t border-hairline px-4 py-3 sm:px-5">
            <p className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
              <Badge tone={stanceTones[dispute.stance]}>{dispute.statusText}</Badge>
              <MoneyText amount={dispute.amount} className="font-medium" />
            </p>
            <p className="mt-1 max-w-prose">{meaning(dispute)}</p>
            <p className="text-xs text-muted">Since {displayDay(dispute.openedAt, timeZone)}</p>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function meaning({ stance, frozen, taken }: DisputeDto): string {
  if (stance === 'taken') {
    return `${displayMoney(parseMoney(taken))} of credit was taken back, for the money went back to the card. If the bank decides otherwise later, it returns.`
  }
  if (isPositive(parseMoney(frozen))) {
    return `${displayMoney(parseMoney(frozen))} of credit is frozen until the bank decides. Decided for the platform, it returns; otherwise the credit of this payment is taken back.`
  }
  return stance === 'frozen'
    ? 'The credit of this payment was used. Decided for the cardholder, it is taken back, and the balance may go below zero.'
    : 'No money has moved, and your credit can be used as before.'
}
