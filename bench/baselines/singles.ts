/** One transaction for each operation: a bare update, the naive statements, one call of a function. */
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { closedLoop, type Work } from '../load'
import type { Connections } from '../postgres'
import { accountIdOf, accountIds, anEvent, type BenchEvent } from '../traffic'

export const singleConnections = 16

const nanosPerToken = 100

type Accounts = 'hot' | 'uniform'

function pickerOf(accounts: Accounts): () => string {
  const ids = accounts === 'hot' ? [accountIdOf('hot')] : accountIds('uniform')
  return () => ids[Math.floor(Math.random() * ids.length)]!
}

/** One operation for each caller's connection at a time. */
function each(count: number, accounts: Accounts, run: (client: pg.Client, accountId: string) => Promise<unknown>) {
  return (connections: Connections): Work => {
    const pick = pickerOf(accounts)
    return (seconds) =>
      closedLoop(count, seconds, async (caller) => {
        await run(connections.at(caller), pick())
        return 1
      })
  }
}

const updateText = 'update bench.balances set balance = balance - $2 where account_id = $1 and balance >= $2'

/** The least that any exact gate does. */
export const bareUpdate = (accounts: Accounts, count = singleConnections) =>
  each(count, accounts, (client, accountId) =>
    client.query({ name: 'update', text: updateText, values: [accountId, 1000] }),
  )

export const bareSelect = each(1, 'uniform', (client, accountId) =>
  client.query({
    name: 'select',
    text: 'select balance, held from bench.balances where account_id = $1',
    values: [accountId],
  }),
)

/** Several statements in one transaction, one after another, as application code has them. */
export async function chargeNaively(client: pg.Client, accountId: string, event: BenchEvent): Promise<boolean> {
  const amount = event.inputTokens * nanosPerToken
  const { eventId, model, inputTokens, cachedInputTokens, outputTokens } = event
  const tokens = [inputTokens, cachedInputTokens, outputTokens]
  const run = (name: string, text: string, values: unknown[]) => client.query({ name, text, values })
  await client.query('begin')
  const { rows } = await run(
    'lock',
    'select balance from bench.balances where account_id = $1 and balance - held >= $2 for update',
    [accountId, amount],
  )
  const { rowCount } = await run(
    'event',
    `insert into bench.events (amount, transfer_seq, recorded_at, month, input_tokens, cached_input_tokens, output_tokens,
                               account_id, event_key, model)
     values ($1, 1, now(), date_trunc('month', now())::date, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [amount, ...tokens, accountId, eventId, model],
  )
  if (rows.length === 0 || rowCount === 0) {
    await client.query('rollback')
    return false
  }
  await run('balance', 'update bench.balances set balance = balance - $2 where account_id = $1', [accountId, amount])
  await run(
    'transfer',
    `insert into bench.transfers (account_id, kind, amount, balance_after, posted_at) values ($1, 'usage', $2, $3, now())`,
    [accountId, amount, Number(rows[0].balance) - amount],
  )
  await run(
    'rollup',
    `insert into bench.days as d values ($1, current_date, $2, 1, $3, $4, $5, $6)
     on conflict (account_id, day, model) do update set events = d.events + 1,
       input_tokens = d.input_tokens + excluded.input_tokens,
       cached_input_tokens = d.cached_input_tokens + excluded.cached_input_tokens,
       output_tokens = d.output_tokens + excluded.output_tokens, amount = d.amount + excluded.amount`,
    [accountId, model, ...tokens, amount],
  )
  await client.query('commit')
  return true
}

export const naiveCharge = (accounts: Accounts) =>
  each(singleConnections, accounts, (client, accountId) => chargeNaively(client, accountId, anEvent()))

const chargeText = 'select bench.charge_event($1, $2, $3, $4, $5, $6, $7)'
const authorizeText = 'select bench.authorize_one($1, $2, $3)'
const settleText = 'select bench.settle_one($1, $2, $3, $4, $5, $6, $7)'

const valuesOf = (accountId: string, event: BenchEvent) => [
  accountId,
  event.eventId,
  event.model,
  event.inputTokens,
  event.cachedInputTokens,
  event.outputTokens,
  event.inputTokens * nanosPerToken,
]

/** One call of a function, one transaction, for each event. */
export const functionCharge = (accounts: Accounts) =>
  each(singleConnections, accounts, (client, accountId) =>
    client.query({ name: 'charge', text: chargeText, values: valuesOf(accountId, anEvent()) }),
  )

export const functionAuthorize = (accounts: Accounts) =>
  each(singleConnections, accounts, (client, accountId) =>
    client.query({ name: 'authorize', text: authorizeText, values: [accountId, randomUUID(), 300_000] }),
  )

/** Two calls, two transactions: what one authorize and one settle cost without lanes. */
export const functionPairs = (accounts: Accounts) =>
  each(singleConnections, accounts, async (client, accountId) => {
    const event = anEvent()
    await client.query({ name: 'authorize', text: authorizeText, values: [accountId, event.eventId, 300_000] })
    await client.query({ name: 'settle', text: settleText, values: valuesOf(accountId, event) })
  })
