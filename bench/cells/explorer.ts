/** G14: the usage pages, explanations and exports of an account with ten million events of many keys and tags. */
import type pg from 'pg'
import { explainCharge, exportUsage, getUsageSeries, listUsageEvents } from '@/lib/domain/usage'
import { closeDatabase, query } from '@/lib/edges/db'
import { checkCellBooks, problemsOf } from '../books'
import { type Cell, ownDatabase } from '../cell'
import { actor } from '../gate'
import { useDatabase, withClient } from '../postgres'
import { median } from '../statistics'
import { accountIdOf } from '../traffic'
import { follow, postTransfers, rawScan } from './history'

const fullEvents = 10_000_000
const quickEvents = 100_000
const days = 90
const keys = 20
const tags = 10
/** Recorded together, at one instant: one transfer for each model among them. */
const eventsAtOnce = 1400
const reads = 15
const exportedRows = 200_000

/** A day of events in batches. Each key has three models and two tags: 120 rows in the rollup of a day, and of an hour. */
const insertDay = `
  insert into usage_events (amount, transfer_seq, recorded_at, month, input_tokens, cached_input_tokens, output_tokens,
                            account_id, event_key, model, key_id, tag)
  select round(((input - input / 2) * rates[place + 1].input + input / 2 * rates[place + 1].cached_input
                 + (1 + input % 400) * rates[place + 1].output) / 1000000.0),
         2 + ($3::bigint + batch) * model_count + place, at, date_trunc('month', at at time zone 'UTC')::date, input, input / 2,
         1 + input % 400, $1, gen_random_uuid(), rates[place + 1].model, md5('key ' || key)::uuid, 'feature-' || (key * 2 + i / ${keys * 3} % 2) % ${tags}
    from (select array_agg(row (model, input, cached_input, output)::bench.rates order by model) as rates, count(*)::int as model_count
            from (select model, max(per_million) filter (where token_class = 'input') as input,
                         max(per_million) filter (where token_class = 'cached_input') as cached_input,
                         max(per_million) filter (where token_class = 'output') as output from prices group by model) p) m,
         lateral (
           select i, i / ${eventsAtOnce} as batch, 1 + (i::bigint * 7919 % 2000)::int as input, (key * 3 + i / ${keys} % 3) % model_count as place, key,
                  date_trunc('milliseconds', $2::timestamptz + ($5::timestamptz - $2::timestamptz) * ((i / ${eventsAtOnce})::float8 / ceil($4 / ${eventsAtOnce}.0))) as at
             from generate_series(0, $4::int - 1) as i, lateral (select i % ${keys} as key) k) e`

const dayMs = 86_400_000

/** Spreads events over the last days, with transfers, draws, rollups and budgets that agree. Returns the seconds it took. */
async function insertLife(
  client: pg.Client,
  { accountId, events }: { accountId: string; events: number },
  onProgress: (what: string) => void,
): Promise<number> {
  const began = performance.now()
  const midnight = new Date().setUTCHours(0, 0, 0, 0)
  const eventsPerDay = Math.round(events / days)
  const batchesPerDay = Math.ceil(eventsPerDay / eventsAtOnce)
  for (let day = 0; day < days; day++) {
    const start = new Date(midnight - (days - 1 - day) * dayMs)
    const end = new Date(Math.min(start.getTime() + dayMs, Date.now()))
    await client.query('select make_usage_partition($1::date)', [start.toISOString().slice(0, 10)])
    await client.query({
      name: 'day',
      text: insertDay,
      values: [accountId, start, day * batchesPerDay, eventsPerDay, end],
    })
    if (day % 5 === 4) onProgress(`${((day + 1) * eventsPerDay).toLocaleString('en')} events`)
  }
  onProgress('transfers, draws and rollups')
  await client.query(postTransfers.replaceAll('ACCOUNT', accountId))
  for (const statement of follow) await client.query(statement, [accountId])
  await client.query('vacuum analyze')
  return (performance.now() - began) / 1000
}

async function medianMs(read: () => Promise<unknown>, times = reads): Promise<number> {
  await read()
  const took: number[] = []
  for (let time = 0; time < times; time++) {
    const began = performance.now()
    await read()
    took.push(performance.now() - began)
  }
  return median(took)
}

/** Rows a second of the file that a person downloads, up to so many. */
async function exportRate(accountId: string, range: { from: string; to: string }): Promise<number> {
  const { chunks } = await exportUsage(actor, { accountId, format: 'csv', ...range })
  const began = performance.now()
  let rows = -1
  for await (const chunk of chunks) {
    for (const letter of chunk) if (letter === '\n') rows += 1
    if (rows >= exportedRows) break
  }
  return rows / ((performance.now() - began) / 1000)
}

const dayKey = (ms: number) => new Date(ms).toISOString().slice(0, 10)

async function measureReads(accountId: string) {
  const to = dayKey(Date.now())
  const range = { from: dayKey(Date.now() - (days - 1) * dayMs), to }
  const month = { from: dayKey(Date.now() - 30 * dayMs), to }
  const series = (by: 'model' | 'key' | 'tag', more: object = {}) =>
    medianMs(() => getUsageSeries(actor, { accountId, ...range, by, step: 'day', ...more }))
  const page = (more: { before?: string; filters?: object } = {}) =>
    medianMs(() => listUsageEvents(actor, { accountId, ...range, ...more }))
  const [key] = await query<{ id: string }>('select md5($1)::uuid::text as id', ['key 7'])
  const ends = await query<{ key: string; at: Date }>(
    `(select event_key as key, recorded_at as at from usage_events where account_id = $1 order by recorded_at, event_key offset 60 limit 1)
     union all
     (select event_key, recorded_at from usage_events where account_id = $1 and recorded_at >= now() - interval '45 days' order by recorded_at, event_key limit 1)`,
    [accountId],
  )
  const cursor = ({ key: eventKey, at }: { key: string; at: Date }) => `${at.getTime()}.${eventKey}`
  return {
    'select 1': await medianMs(() => query('select 1')),
    '90 days by model': await series('model'),
    '90 days by key': await series('key'),
    '90 days by tag, one key': await series('tag', { filters: { key: key!.id } }),
    '31 days by hour and model': await series('model', { ...month, step: 'hour' }),
    'newest page': await page(),
    'page in the middle': await page({ before: cursor(ends[1]!) }),
    'oldest page': await page({ before: cursor(ends[0]!) }),
    'page of one key and tag': await page({ filters: { key: key!.id, tag: 'feature-3' } }),
    explanation: await medianMs(() => explainCharge(actor, { accountId, eventKey: ends[1]!.key })),
    'export rows/s': await exportRate(accountId, range),
  }
}

export const usagePages: Cell = {
  cell: 'G14',
  title: 'the usage pages of one account: charts, lists, an explanation, the export',
  run: async (context) => {
    const { settings, say, defer } = context
    const events = settings.isQuick ? quickEvents : Number(process.env.BENCH_USAGE_EVENTS || fullEvents)
    const url = await ownDatabase(context)
    const accountId = accountIdOf('hot')
    const insertSeconds = await withClient(url, (client) =>
      insertLife(client, { accountId, events }, (what) => say(`G14: ${what}`)),
    )
    say('G14: scanning the events')
    const scanMs = median(await withClient(url, (client) => rawScan(client, accountId, settings.isQuick ? 2 : 3)))
    useDatabase(url)
    defer(closeDatabase)
    say('G14: reading')
    const took = await measureReads(accountId)
    await closeDatabase()
    say('G14: reading the books')
    const books = await checkCellBooks(url, null)
    const { 'select 1': oneMs, 'export rows/s': rowsPerSecond, ...readMs } = took
    const pages = ['newest page', 'page in the middle', 'oldest page', 'page of one key and tag'] as const
    const slowestPage = Math.max(...pages.map((name) => readMs[name]))
    return {
      cell: 'G14',
      title: usagePages.title,
      samples: {
        'G14 90 days by day and model ÷ raw scan': [readMs['90 days by model'] / scanMs],
        'G14 90 days by day and key, milliseconds': [readMs['90 days by key']],
        'G14 slowest page of 50 events, milliseconds': [slowestPage],
        'G14 explanation, milliseconds': [readMs.explanation],
        'G14 export as CSV': [rowsPerSecond],
      },
      books,
      problems: problemsOf(books),
      notes: [
        `${events.toLocaleString('en')} events of ${keys} keys and ${tags} tags, inserted in ${insertSeconds.toFixed(0)} s; raw scan ${scanMs.toFixed(0)} ms; select 1 ${oneMs.toFixed(2)} ms; export ${Math.round(rowsPerSecond).toLocaleString('en')} rows/s.`,
        ...Object.entries(readMs).map(
          ([name, ms]) =>
            `${name}: ${ms.toFixed(1)} ms, ${(ms / oneMs).toFixed(0)} × select 1, 1/${(scanMs / ms).toFixed(0)} of the scan`,
        ),
      ],
    }
  },
}
