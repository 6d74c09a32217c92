/** The accounts of the bench, inserted set-based with books that agree: 10,000 through the sign-up verb would take minutes. */
import type pg from 'pg'
import { accountIdOf, accountIds } from './traffic'

/** Nanos. The most that a transfer may move is 1e18. */
const plenty = 100_000_000_000_000_000n
/** Nanos: runs dry after some thousand events. */
const little = 1_000_000_000n

/** No limits worth the name: rates are decided all the same, they just never bind. */
const requestsPerMinute = 2_000_000_000
const tokensPerMinute = 1_000_000_000_000

const insertAccounts = `
  with ids as (select unnest($1::uuid[]) as account_id),
  new_accounts as (
    insert into accounts (account_id, name, billing_email, billing_name, requests_per_minute, prompt_tokens_per_minute,
                          uncached_tokens_per_minute, generated_tokens_per_minute, created_at)
    select account_id, 'Bench', 'bench@example.com', '', $3, ${tokensPerMinute}, ${tokensPerMinute}, ${tokensPerMinute}, now() from ids),
  new_budgets as (
    insert into budgets (account_id, budget_id, scope, "window")
    select account_id, uuidv7(), 'account', 'monthly' from ids returning account_id, budget_id),
  new_periods as (
    insert into budget_periods (account_id, budget_id, period, starts_at, ends_at, time_zone)
    select account_id, budget_id, to_char(month, 'YYYY-MM'), month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC', 'UTC'
      from new_budgets, date_trunc('month', now() at time zone 'UTC') as month),
  posted as (
    select account_id, 'signup:' || account_id as cause, date_trunc('milliseconds', now()) as at from ids where $2::bigint > 0),
  hashed as (
    select *, sha256(convert_to(concat_ws(E'\\n', 'purse.transfer.v1', repeat('00', 32), account_id, 1, 'signup_credit', cause,
                'promotions', 'credit', $2::bigint, 'usd', $2::bigint, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), 'UTF8')) as hash
      from posted),
  new_transfers as (
    insert into transfers (account_id, seq, kind, cause, from_bucket, to_bucket, amount, currency, balance_after, posted_at, hash)
    select account_id, 1, 'signup_credit', cause, 'promotions', 'credit', $2, 'usd', $2, at, hash from hashed),
  new_claims as (
    insert into signup_claims (kind, value_hash, account_id, claimed_at)
    select 'before', sha256(uuid_send(account_id)), account_id, at from posted)
  insert into account_balances (account_id, currency, balance, last_seq, last_hash)
  select account_id, 'usd', $2, case when hash is null then 0 else 1 end, coalesce(hash, decode(repeat('00', 32), 'hex'))
    from ids left join hashed using (account_id)`

/** After the transfers, which grants refer to. */
const insertGrants = `
  insert into grants (account_id, grant_id, source, amount, remaining, currency, granted_at, transfer_seq)
  select account_id, uuidv7(), 'signup', amount, amount, 'usd', posted_at, seq from transfers where account_id = any($1)`

/** Fills an empty, migrated database: the hot account, 10,000 others, accounts with little credit and with none. */
export async function insertBenchAccounts(client: pg.Client): Promise<void> {
  const insert = async (ids: string[], nanos: bigint) => {
    await client.query(insertAccounts, [ids, nanos, requestsPerMinute])
    await client.query(insertGrants, [ids])
  }
  await insert([accountIdOf('hot'), ...accountIds('uniform')], plenty)
  await insert(accountIds('small'), little)
  await insert(accountIds('dry'), 0n)
  await client.query('insert into bench.balances (account_id, balance) select account_id, $1 from accounts', [plenty])
}
