/** RAW: 1,000 event rows an insert, into a bare table with their key and time index. What the machine can do at most. */
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { closedLoop, type Work } from '../load'
import type { Connections } from '../postgres'
import { accountIds, anEvent } from '../traffic'

const rowsPerInsert = 1000
/** Prepared before the clock runs, and used again with new keys. */
const preparedInserts = 40

const text = `insert into bench.raw_events (amount, transfer_seq, recorded_at, month, input_tokens, cached_input_tokens,
    output_tokens, account_id, event_key, model)
  select amount, seq, $1, $2, input, cached, output, account_id, event_key, model
    from unnest($3::bigint[], $4::bigint[], $5::int[], $6::int[], $7::int[], $8::uuid[], $9::uuid[], $10::text[])
      as e(amount, seq, input, cached, output, account_id, event_key, model)`

export const rawInsert =
  (connections: Connections, connectionCount: number): Work =>
  async (seconds) => {
    await connections.at(0).query('truncate bench.raw_events')
    prepared ??= prepare()
    const inserts = prepared
    let next = 0
    return closedLoop(connectionCount, seconds, async (caller) => {
      const columns = inserts[next++ % preparedInserts]!
      await insert(connections.at(caller), columns)
      return rowsPerInsert
    })
  }

let prepared: ReturnType<typeof prepare> | undefined

function prepare() {
  const ids = accountIds('uniform')
  return Array.from({ length: preparedInserts }, () => columnsOf(ids))
}

const array = (values: readonly unknown[]) => `{${values.join(',')}}`
const times = <T>(make: () => T): T[] => Array.from({ length: rowsPerInsert }, make)

function columnsOf(ids: string[]) {
  const events = times(anEvent)
  return {
    amount: array(events.map((event) => event.inputTokens * 70)),
    seq: array(events.map((_, index) => index + 1)),
    input: array(events.map((event) => event.inputTokens)),
    cached: array(events.map((event) => event.cachedInputTokens)),
    output: array(events.map((event) => event.outputTokens)),
    account: array(events.map(() => ids[Math.floor(Math.random() * ids.length)])),
    model: array(events.map((event) => event.model)),
  }
}

async function insert(client: pg.Client, columns: ReturnType<typeof columnsOf>): Promise<void> {
  const at = new Date()
  const month = `${at.toISOString().slice(0, 7)}-01`
  const { amount, seq, input, cached, output, account, model } = columns
  const keys = array(times(randomUUID))
  const values = [at.toISOString(), month, amount, seq, input, cached, output, account, keys, model]
  await client.query({ name: 'raw', text, values })
}
