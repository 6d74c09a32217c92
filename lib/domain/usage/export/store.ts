/** The rollup of days, row by row, for the FOCUS export. */
import { query } from '@/lib/edges/db'
import type { Grouping, UsageFilters } from '../explorer/rules'
import { nilId } from '../rules'

export interface DayRow {
  day: string
  model: string
  keyId: string
  memberId: string
  tag: string
  events: bigint
  inputTokens: bigint
  cachedInputTokens: bigint
  outputTokens: bigint
  amount: bigint
}

const columns: Record<Grouping, string> = { model: 'model', key: 'key_id', member: 'member_id', tag: 'tag' }

/** The rows of a range in the order of their key, above the given one. */
export async function readDays(
  accountId: string,
  { from, to, filters }: { from: string; to: string; filters: UsageFilters },
  after: DayRow | null,
  most: number,
): Promise<DayRow[]> {
  const values: unknown[] = [accountId, from, to, most]
  const add = (value: unknown) => `$${values.push(value)}`
  const wanted = (Object.entries(filters) as [Grouping, string | null | undefined][])
    .filter(([, value]) => value !== undefined)
    .map(([by, value]) => ` and ${columns[by]} = ${add(value ?? (by === 'tag' ? '' : nilId))}`)
    .join('')
  const above = after
    ? ` and (day, model, key_id, member_id, tag) > (${[after.day, after.model, after.keyId, after.memberId, after.tag].map(add).join(', ')})`
    : ''
  return query<DayRow>(
    `select to_char(day, 'YYYY-MM-DD') as day, model, key_id as "keyId", member_id as "memberId", tag, events, input_tokens as "inputTokens",
            cached_input_tokens as "cachedInputTokens", output_tokens as "outputTokens", amount
       from usage_days where account_id = $1 and day >= $2::date and day <= $3::date${wanted}${above}
      order by day, model, key_id, member_id, tag limit $4`,
    values,
  )
}

/** How many rows there are. */
export async function countDays(accountId: string, { from, to }: { from: string; to: string }): Promise<number> {
  const [row] = await query<{ rows: number }>(
    'select count(*)::int as rows from usage_days where account_id = $1 and day >= $2::date and day <= $3::date',
    [accountId, from, to],
  )
  return row?.rows ?? 0
}
