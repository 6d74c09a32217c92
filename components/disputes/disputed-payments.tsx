import { type Formats, type Texts, useFormats, useTexts } from '#texts'
import { isPositive, parseMoney } from '@/lib/core/money'
import type { DisputeDto } from '@/lib/domain/disputes'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { stanceTones, statusWords } from './words'

/** Payments that a bank decides about, or has decided against the account, and what that does to its credit. */
export function DisputedPayments({ disputes, timeZone }: { disputes: DisputeDto[]; timeZone: string }) {
  const t = useTexts('disputes')
  const statuses = useTexts('disputes.statuses')
  const f = useFormats()
  const shown = disputes.filter(({ closedAt, stance }) => closedAt === null || stance === 'taken')
  if (shown.length === 0) return null
  return (
    <Card id="disputes" title={t('title')} isFlush>
      <ul>
        {shown.map((dispute) => (
          <li key={dispute.disputeId} className="border-t border-hairline px-4 py-3 sm:px-5">
            <p className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
              <Badge tone={stanceTones[dispute.stance]}>{statusWords(statuses, dispute)}</Badge>
              <MoneyText amount={dispute.amount} className="font-medium" />
            </p>
            <p className="mt-1 max-w-prose">{meaning(t, f, dispute)}</p>
            <p className="text-xs text-muted">{t('since', { day: f.day(dispute.openedAt, timeZone) })}</p>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function meaning(t: Texts<'disputes'>, f: Formats, { stance, frozen, taken }: DisputeDto): string {
  if (stance === 'taken') return t('meanings.taken', { amount: f.money(taken) })
  if (isPositive(parseMoney(frozen))) return t('meanings.frozen', { amount: f.money(frozen) })
  return t(stance === 'frozen' ? 'meanings.used' : 'meanings.nothing')
}
