/** What every cell ends with: all invariants, sums of our own, and whether every answer that was given is in the books. */
import { checkBooks } from '@/lib/domain/books'
import { withClient } from './postgres'

export interface BooksReport {
  invariants: number
  /** The invariants that do not hold, with the first detail of each. */
  broken: string[]
  events: number
  holds: number
  /** Accounts for which events, transfers, rollups and the change of the balance are not one and the same sum. */
  sumsThatDiffer: number
  /** Accounts with less than nothing, or with more held than they have. */
  overspent: number
  /** Answers given less rows present; anything but zero is a lie told to a caller. */
  unaccounted: number
  seconds: number
}

const sums = `
  with events as (select account_id, count(*) as events, sum(amount) as amount from usage_events group by 1),
  moved as (
    select account_id, sum(amount) filter (where kind = 'usage') as used, sum(amount) filter (where kind <> 'usage') as granted
      from transfers group by 1),
  days as (select account_id, sum(events) as events, sum(amount) as amount from usage_days group by 1),
  hours as (select account_id, sum(events) as events, sum(amount) as amount from usage_hours group by 1)
  select coalesce(sum(e.events), 0)::bigint as events,
         (select count(*) from holds)::bigint as holds,
         count(*) filter (where b.balance < 0 or b.held > greatest(b.balance, 0)) as overspent,
         count(*) filter (where (coalesce(e.amount, 0), coalesce(e.events, 0)) is distinct from (coalesce(m.used, 0), coalesce(d.events, 0))
           or (coalesce(d.amount, 0), coalesce(h.amount, 0), coalesce(h.events, 0)) is distinct from (coalesce(e.amount, 0), coalesce(e.amount, 0), coalesce(e.events, 0))
           or coalesce(m.granted, 0) - b.balance <> coalesce(e.amount, 0)) as sums_that_differ
    from account_balances b
    left join events e using (account_id) left join moved m using (account_id)
    left join days d using (account_id) left join hours h using (account_id)`

const written = [
  'account_balances',
  'grants',
  'transfers',
  'grant_draws',
  'holds',
  'usage_events',
  'usage_days',
  'usage_hours',
]

/**
 * Reads the books of a cell's database in one snapshot.
 * @param answered how many events and holds the callers were told had been taken; null where that is not known
 */
export async function checkCellBooks(
  url: string,
  answered: { events: number; holds: number } | null,
): Promise<BooksReport> {
  const began = performance.now()
  return withClient(url, async (client) => {
    // What was just written is not in the statistics yet, and the template's say that there is next to nothing.
    await client.query(`analyze ${written.join(', ')}`)
    await client.query('begin isolation level repeatable read read only')
    await client.query(`set local work_mem = '256MB'`)
    const results = await checkBooks(client)
    const [row] = (await client.query<Record<string, string>>(sums)).rows
    const figure = (name: string) => Number(row![name])
    const [events, holds] = [figure('events'), figure('holds')]
    return {
      invariants: results.length,
      broken: results
        .filter(({ count }) => count > 0)
        .map(({ invariant, count, first }) => `${invariant.id} (${count}): ${first[0]?.detail}`),
      events,
      holds,
      sumsThatDiffer: figure('sums_that_differ'),
      overspent: figure('overspent'),
      unaccounted: answered ? Math.abs(answered.events - events) + Math.abs(answered.holds - holds) : 0,
      seconds: (performance.now() - began) / 1000,
    }
  })
}

/** What is wrong, in words; nothing when the books agree. */
export function problemsOf(report: BooksReport): string[] {
  const { broken, sumsThatDiffer, overspent, unaccounted } = report
  return [
    ...broken,
    ...(sumsThatDiffer ? [`${sumsThatDiffer} accounts whose events, transfers, rollups and balance differ`] : []),
    ...(overspent ? [`${overspent} accounts overspent`] : []),
    ...(unaccounted ? [`${unaccounted} answers that the books do not bear out`] : []),
  ]
}
