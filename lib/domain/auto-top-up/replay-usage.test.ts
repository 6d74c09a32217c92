import { expect, test } from 'vitest'
import { formatMoney, parseMoney } from '@/lib/core/money'
import { replayUsage } from './replay-usage'
import type { TopUpPlan } from './rules'

const usd = (text: string) => parseMoney(text)
const bounds = { smallestPurchase: usd('5.00'), largestPurchase: usd('5000.00') }
const plan: TopUpPlan = {
  isOn: true,
  minimum: usd('5.00'),
  mode: 'amount',
  amount: usd('10.00'),
  target: usd('50.00'),
  monthlyLimit: null,
}
const replay = (changes: Partial<TopUpPlan>, used: Record<string, string>) => {
  const days = Object.entries(used).map(([day, amount]) => ({ day, used: usd(amount) }))
  const { purchases, wouldHavePaused } = replayUsage({ ...plan, ...changes }, days, bounds)
  return [
    ...purchases.map(({ day, amount }) => `${day} ${formatMoney(amount)}`),
    ...(wouldHavePaused ? ['paused'] : []),
  ]
}

test('nothing used, nothing bought', () => {
  expect(replay({}, {})).toEqual([])
})

test('each day buys as often as credit reaches the minimum', () => {
  expect(replay({}, { '2026-11-01': '25.00', '2026-11-02': '4.00' })).toEqual([
    '2026-11-01 10.00',
    '2026-11-01 10.00',
    '2026-11-01 10.00',
  ])
})

test('the monthly limit clamps, then stops, and starts anew in the next month', () => {
  expect(
    replay({ monthlyLimit: usd('16.00') }, { '2026-10-30': '15.00', '2026-10-31': '30.00', '2026-11-01': '3.00' }),
  ).toEqual(['2026-10-30 10.00', '2026-10-30 6.00', '2026-11-01 10.00', 'paused'])
})

test('no more than five charges a day', () => {
  expect(replay({}, { '2026-11-01': '1000.00' })).toHaveLength(6)
})

test('no more than twenty charges in the days that are replayed', () => {
  const days = Object.fromEntries(['01', '02', '03', '04', '05'].map((day) => [`2026-11-${day}`, '1000.00']))
  expect(replay({}, days).filter((line) => line !== 'paused')).toHaveLength(20)
})
