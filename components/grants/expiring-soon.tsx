import { displayMoney, parseMoney, sum } from '@/lib/core/money'
import type { GrantDto } from '@/lib/domain/grants'
import { warningDays } from '@/lib/domain/grants/rules'
import { Banner } from '../ui/banner'
import { dayWords } from './words'

/** What expires within a month, a line for each day, the soonest first. */
export function ExpiringSoon({ grants, timeZone }: { grants: GrantDto[]; timeZone: string }) {
  const days = expiringDays(grants)
  const [soonest] = days
  if (!soonest) return null
  return (
    <Banner tone={soonest.daysLeft <= urgentDays ? 'warn' : 'info'} title="Credit expires soon">
      <ul>
        {days.map(({ lastDay, daysLeft, amount }) => (
          <li key={lastDay}>
            {amount} can be used through {dayWords(lastDay)} ({timeZone}): {leftWords(daysLeft)}.
          </li>
        ))}
      </ul>
      <p>What expires first is used first.</p>
    </Banner>
  )
}

const [firstWarningDays, urgentDays] = warningDays

const leftWords = (daysLeft: number): string =>
  daysLeft <= 1 ? 'today is the last day' : `${daysLeft - 1} more ${daysLeft === 2 ? 'day' : 'days'}`

function expiringDays(grants: GrantDto[]) {
  const byDay = new Map<string, { lastDay: string; daysLeft: number; amounts: string[] }>()
  for (const { state, lastDay, daysLeft, remaining } of grants) {
    if (state !== 'open' || lastDay === null || daysLeft === null || daysLeft > firstWarningDays) continue
    const day = byDay.get(lastDay) ?? { lastDay, daysLeft, amounts: [] }
    day.amounts.push(remaining)
    byDay.set(lastDay, day)
  }
  return [...byDay.values()]
    .sort((a, b) => a.daysLeft - b.daysLeft)
    .map(({ amounts, ...day }) => ({ ...day, amount: displayMoney(sum(amounts.map((amount) => parseMoney(amount)))) }))
}
