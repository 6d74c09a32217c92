/** Months of usage of one account, written set-based with books that agree, and the scan that a rollup spares. */
import type pg from 'pg'

const insertDay = `
  insert into usage_events (amount, transfer_seq, recorded_at, month, input_tokens, cached_input_tokens, output_tokens,
                            account_id, event_key, model)
  select round(((input - input / 2) * rates[place + 1].input + input / 2 * rates[place + 1].cached_input
                 + (1 + input % 400) * rates[place + 1].output) / 1000000.0),
         2 + $3::int * model_count + place, at, date_trunc('month', at at time zone 'UTC')::date, input, input / 2, 1 + input % 400,
         $1, gen_random_uuid(), rates[place + 1].model
    from (select array_agg(row (model, input, cached_input, output)::bench.rates order by model) as rates, count(*)::int as model_count
            from (select model, max(per_million) filter (where token_class = 'input') as input,
                         max(per_million) filter (where token_class = 'cached_input') as cached_input,
                         max(per_million) filter (where token_class = 'output') as output from prices group by model) p) m,
         lateral (
           select i, 1 + (i::bigint * 7919 % 2000)::int as input, (i % model_count)::int as place,
                  date_trunc('milliseconds', $2::timestamptz + ($5::timestamptz - $2::timestamptz) * (i::float8 / $4)) as at
             from generate_series(0, $4::int - 1) as i) e`

/** Transfers in the order of their numbers, each with the hash of the one before it. */
export const postTransfers = `
  do $$
  declare
    head account_balances;
    day record;
    new_hash bytea;
  begin
    select * into head from account_balances where account_id = 'ACCOUNT';
    for day in
      select transfer_seq as seq, sum(amount)::bigint as amount, max(recorded_at) as at, min(model) as model
        from usage_events where account_id = 'ACCOUNT' group by 1 order by 1
    loop
      head.balance := head.balance - day.amount;
      new_hash := sha256(convert_to(concat_ws(E'\\n', 'purse.transfer.v1', encode(head.last_hash, 'hex'), head.account_id, day.seq,
        'usage', 'usage:' || day.seq || '/' || day.model, 'credit', 'revenue', day.amount, head.currency, head.balance,
        to_char(day.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), 'UTF8'));
      insert into transfers (account_id, seq, kind, cause, from_bucket, to_bucket, amount, currency, balance_after, posted_at, hash)
        values (head.account_id, day.seq, 'usage', 'usage:' || day.seq || '/' || day.model, 'credit', 'revenue',
                day.amount, head.currency, head.balance, day.at, new_hash);
      head.last_seq := day.seq;
      head.last_hash := new_hash;
    end loop;
    update account_balances set balance = head.balance, last_seq = head.last_seq, last_hash = head.last_hash
      where account_id = head.account_id;
  end $$`

const nil = `'00000000-0000-0000-0000-000000000000'::uuid`

const rollup = (table: string, column: string, at: string) => `
  insert into ${table} (account_id, ${column}, model, key_id, member_id, tag, events, input_tokens, cached_input_tokens, output_tokens, amount)
  select account_id, ${at}, model, coalesce(key_id, ${nil}), coalesce(member_id, ${nil}), coalesce(tag, ''), count(*), sum(input_tokens),
         sum(cached_input_tokens), sum(output_tokens), sum(amount)
    from usage_events where account_id = $1 group by 1, 2, 3, 4, 5, 6`

/** What follows from the events and transfers: rollups, grants, months. */
export const follow = [
  rollup('usage_days', 'day', `(recorded_at at time zone 'UTC')::date`),
  rollup('usage_hours', 'hour', `date_trunc('hour', recorded_at, 'UTC')`),
  `insert into grant_draws (account_id, transfer_seq, grant_id, amount)
     select t.account_id, t.seq, g.grant_id, t.amount from transfers t join grants g using (account_id)
      where t.account_id = $1 and t.kind = 'usage'`,
  `update grants g set remaining = b.balance from account_balances b where g.account_id = $1 and b.account_id = $1`,
  `insert into budget_periods (account_id, budget_id, period, starts_at, ends_at, time_zone)
     select b.account_id, b.budget_id, to_char(m, 'YYYY-MM'), m at time zone 'UTC', (m + interval '1 month') at time zone 'UTC', 'UTC'
       from budgets b, (select distinct date_trunc('month', posted_at at time zone 'UTC') as m from transfers where account_id = $1) months
      where b.account_id = $1 on conflict do nothing`,
  `update budget_periods p set spent = (select coalesce(sum(amount), 0) from transfers t where t.account_id = p.account_id
      and t.kind = 'usage' and t.posted_at >= p.starts_at and t.posted_at < p.ends_at) where account_id = $1`,
]

/** Spreads so many events evenly over the last `days` days and all models. Returns the seconds it took. */
export async function insertHistory(
  client: pg.Client,
  { accountId, events, days }: { accountId: string; events: number; days: number },
  onProgress: (done: number) => void,
): Promise<number> {
  const began = performance.now()
  const midnight = new Date().setUTCHours(0, 0, 0, 0)
  const dayMs = 86_400_000
  const eventsPerDay = Math.round(events / days)
  for (let day = 0; day < days; day++) {
    const start = new Date(midnight - (days - 1 - day) * dayMs)
    const end = new Date(Math.min(start.getTime() + dayMs, Date.now()))
    await client.query('select make_usage_partition($1::date)', [start.toISOString().slice(0, 10)])
    await client.query({ name: 'day', text: insertDay, values: [accountId, start, day, eventsPerDay, end] })
    if (day % 15 === 14) onProgress((day + 1) * eventsPerDay)
  }
  await client.query(postTransfers.replaceAll('ACCOUNT', accountId))
  for (const statement of follow) await client.query(statement, [accountId])
  await client.query('vacuum analyze')
  return (performance.now() - began) / 1000
}

/** Reads the same figures from the events, so many times. Milliseconds of each. */
export async function rawScan(client: pg.Client, accountId: string, times: number): Promise<number[]> {
  const tookMs: number[] = []
  for (let time = 0; time < times; time++) {
    const began = performance.now()
    await client.query(
      `select (recorded_at at time zone 'UTC')::date as day, model, count(*), sum(amount), sum(input_tokens), sum(output_tokens)
         from usage_events where account_id = $1 and recorded_at >= current_date - 89 group by 1, 2 order by 1, 2`,
      [accountId],
    )
    tookMs.push(performance.now() - began)
  }
  return tookMs
}
