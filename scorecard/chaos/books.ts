/** What must be the same whatever the weather was: money and states, without ids, times and the number of tries. */
import { query } from '@/lib/edges/db'

const parts: [name: string, sql: string][] = [
  [
    'balance',
    `select concat_ws(' ', (balance / 1e9)::float8, 'held', (held / 1e9)::float8) as line
       from account_balances where account_id = $1`,
  ],
  [
    'grant',
    `select concat_ws(' ', source, (amount / 1e9)::float8, 'left', (remaining / 1e9)::float8,
                      'until', coalesce((expires_at at time zone 'UTC')::date::text, 'ever')) as line
       from grants where account_id = $1`,
  ],
  [
    'purchase',
    `select concat_ws(' ', state, (amount / 1e9)::float8, 'total', total_cents) as line
       from purchases where account_id = $1 and origin = 'checkout'
        and (state in ('paid', 'processing', 'quarantined') or payment_intent_id is not null)`,
  ],
  [
    'refund',
    `select concat_ws(' ', origin, state, amount_cents, (credit / 1e9)::float8, (gift / 1e9)::float8) as line
       from refunds where account_id = $1`,
  ],
  [
    'dispute',
    `select concat_ws(' ', status, amount_cents, 'frozen', (frozen / 1e9)::float8, 'taken', (taken / 1e9)::float8,
                      'gift', (gift / 1e9)::float8) as line
       from disputes where account_id = $1`,
  ],
  [
    'topped up',
    `select concat_ws(' ', 'in all', coalesce(sum((amount / 1e9)::float8), 0)) as line
       from auto_top_up_attempts where account_id = $1 and state = 'succeeded'`,
  ],
  [
    'open attempts',
    `select state as line from auto_top_up_attempts
      where account_id = $1 and state not in ('succeeded', 'declined', 'canceled')`,
  ],
  [
    'moved',
    `select concat_ws(' ', kind, sum((amount / 1e9)::float8)) as line
       from transfers where account_id = $1 and kind in ('usage', 'expiry', 'signup_credit') group by kind`,
  ],
]

/** One line for each fact of each account, sorted. */
export async function readBooks(accountIds: string[]): Promise<string[]> {
  const lines: string[] = []
  for (const [number, accountId] of accountIds.entries()) {
    for (const [name, sql] of parts) {
      const rows = await query<{ line: string }>(sql, [accountId])
      lines.push(...rows.map(({ line }) => `customer ${number + 1}: ${name} ${line}`).sort())
    }
  }
  return lines
}

/** The first line in which two books differ, told of both; null when they are the same. */
export function firstDifference(clean: string[], rough: string[]): string | null {
  const place = Array.from({ length: Math.max(clean.length, rough.length) }, (_, n) => n).find(
    (n) => clean[n] !== rough[n],
  )
  return place === undefined ? null : `clean: ${clean[place] ?? 'nothing'}; rough: ${rough[place] ?? 'nothing'}`
}
