import { useFormats, useTexts } from '#texts'
import { type Money, parseMoney, sum } from '@/lib/core/money'
import type { GrantDto } from '@/lib/domain/grants'
import { warningDays } from '@/lib/domain/grants/rules'
import { Banner } from '../ui/banner'

/** What expires within a month, a line for each day, the soonest first. */
export function ExpiringSoon({ grants, timeZone }: { grants: GrantDto[]; timeZone: string }) {
  const t = useTexts('grants.expiring')
  const f = useFormats()
  const days = expiringDays(grants)
  const [soonest] = days
  if (!soonest) return null
  return (
    <Banner tone={soonest.daysLeft <= urgentDays ? 'warn' : 'info'} title={t('title')}>
      <ul>
        {days.map(({ lastDay, daysLeft, amount }) => (
          <li key={lastDay}>
            {t('day', {
              amount: f.money(amount),
              day: f.day(lastDay),
              zone: timeZone,
              more: Math.max(0, daysLeft - 1),
            })}
          </li>
        ))}
      </ul>
      <p>{t('first')}</p>
    </Banner>
  )
}

const [firstWarningDays, urgentDays] = warningDays

function expiringDays(grants: GrantDto[]): { lastDay: string; daysLeft: number; amount: Money }[] {
  const byDay = new Map<string, { lastDay: string; daysLeft: number; amounts: string[] }>()
  for (const { state, lastDay, daysLeft, remaining } of grants) {
    if (state !== 'open' || lastDay === null || daysLeft === null || daysLeft > firstWarningDays) continue
    const day = byDay.get(lastDay) ?? { lastDay, daysLeft, amounts: [] }
    day.amounts.push(remaining)
    byDay.set(lastDay, day)
  }
  return [...byDay.values()]
    .sort((a, b) => a.daysLeft - b.daysLeft)
    .map(({ amounts, ...day }) => ({ ...day, amount: sum(amounts.map((amount) => parseMoney(amount))) }))
}
