import type { Actor } from '@/lib/core/actor'
import { formatMoney, money } from '@/lib/core/money'
import { dayKeyAt, dayMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { prisma } from '@/lib/edges/db'
import { requireRole } from '../members'
import { readModelNames } from '../prices'

export interface UsageDayDto {
  /** "2026-11-21" in the account's billing time zone. */
  day: string
  model: string
  modelName: string
  events: number
  amount: string
}

/** Usage of the last `days` days by day and model, oldest first, from the rollup (never a scan of events). */
export async function getUsageDays(
  actor: Actor,
  { accountId, days }: { accountId: string; days: number },
): Promise<{ timeZone: string; from: string; to: string; days: UsageDayDto[] }> {
  await requireRole(actor, accountId, 'account:read')
  const at = await now()
  const { timeZone, currency } = await prisma().account.findUniqueOrThrow({ where: { accountId } })
  const to = dayKeyAt(at, timeZone)
  const from = dayKeyAt(new Date(at.getTime() - (Math.min(Math.max(days, 1), 366) - 1) * dayMs), timeZone)
  const [rows, names] = await Promise.all([
    prisma().usageDay.groupBy({
      by: ['day', 'model'],
      where: { accountId, day: { gte: new Date(from), lte: new Date(to) } },
      _sum: { events: true, amount: true },
      orderBy: [{ day: 'asc' }, { model: 'asc' }],
    }),
    readModelNames(),
  ])
  return {
    timeZone,
    from,
    to,
    days: rows.map((row) => ({
      day: row.day.toISOString().slice(0, 10),
      model: row.model,
      modelName: names.get(row.model) ?? row.model,
      events: Number(row._sum.events ?? 0n),
      amount: formatMoney(money(row._sum.amount ?? 0n, currency)),
    })),
  }
}
