/**
 * The months that usage events are kept in.
 *   npm run partitions -- list
 *   npm run partitions -- make --months 3        makes the partitions of this month and three ahead; again changes nothing
 *   npm run partitions -- retire --before 2026-01 [--to FOLDER] [--even-younger]
 *     checks the books, exports each earlier month to FOLDER (compressed NDJSON and a manifest with its SHA-256), reads the
 *     archive back, and only then drops the month's events. What they add up to for each account stays in the database.
 *     Without --to: the folder "archive" among Purse's data.
 * --database-url URL  another database than that of DATABASE_URL, or the embedded one. Connect as the owner of its tables.
 * Exit code: 0 done, 1 not done; what was not done is as it was before.
 */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { SingleBar } from 'cli-progress'
import pg from 'pg'
import {
  exportMonth,
  isExported,
  listPartitions,
  makePartitions,
  planRetirement,
  retireMonth,
} from '../lib/domain/usage-partitions'
import { checkWithProgress } from './books/check-with-progress'
import { databaseUrl } from './database-url.mjs'
import { dataFolder } from './run/folders.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'database-url': { type: 'string' },
    months: { type: 'string', default: '3' },
    before: { type: 'string' },
    to: { type: 'string' },
    'even-younger': { type: 'boolean', default: false },
  },
})

const usage = 'Use: npm run partitions -- list, make --months 3, or retire --before 2026-01 [--to FOLDER]'

async function main(): Promise<void> {
  const [command, ...rest] = positionals
  const run = { list, make, retire }[command ?? '']
  if (!run || rest.length > 0) throw new Error(usage)
  const url = values['database-url'] ?? databaseUrl()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await run(client, url)
  } finally {
    await client.end()
  }
}

async function list(client: pg.Client): Promise<void> {
  const rows = (await listPartitions(client)).map(({ month, events, bytes, state }) => [
    month,
    events.toLocaleString('en-US'),
    megabytes(bytes),
    state,
  ])
  const table = [['month', 'events', 'size', 'state'], ...rows] as [string, string, string, string][]
  for (const [month, events, size, state] of table) {
    console.log(`${month.padEnd(8)} ${events.padStart(14)} ${size.padStart(12)}  ${state}`)
  }
}

const megabytes = (bytes: bigint) => `${(Number(bytes) / 1_000_000).toFixed(1)} MB`

async function make(client: pg.Client): Promise<void> {
  const months = Number(values.months)
  if (!Number.isInteger(months) || months < 0 || months > 120) {
    throw new Error('--months must be a whole number from 0 to 120.')
  }
  const { made } = await makePartitions(client, { ahead: months })
  console.log(made.length > 0 ? `Made ${made.join(', ')}.` : 'Every partition asked for is there.')
}

async function retire(client: pg.Client, url: string): Promise<void> {
  const before = values.before
  if (!before || !/^\d{4}-(0[1-9]|1[0-2])$/.test(before)) {
    throw new Error('--before must be a month such as 2026-01: the months before it are retired.')
  }
  const folder = path.resolve(values.to ?? path.join(dataFolder, 'archive'))
  const months = await planRetirement(client, { before, evenYounger: values['even-younger'] })
  if (months.length === 0) return console.log(`No month before ${before} is left to retire.`)
  if (values['even-younger']) {
    console.warn(
      `Warning: months younger than 13 months are retired. Their events can no longer be looked up, and an event of theirs that is reported again is no longer known as a repeat.`,
    )
  }

  console.log('Checking the books, for a retired event cannot be checked again:')
  const broken = (await checkWithProgress(url)).filter(({ count }) => count > 0)
  if (broken.length > 0) {
    throw new Error(
      `The books do not agree (${broken.map(({ invariant }) => invariant.id).join(', ')}). Nothing was retired.`,
    )
  }
  for (const { month, events: count } of months) {
    const events = Number(count)
    if (isExported(folder, month)) {
      console.log(`${month}: an archive is in ${folder} already; it is used if it is whole.`)
    } else {
      await withBar(`${month}: exporting`, events, (onEvents) => exported(client, month, folder, onEvents))
    }
    await withBar(`${month}: reading back`, events, (onEvents) => retireMonth(client, { month, folder, onEvents }))
    console.log(`${month}: retired, ${events.toLocaleString('en-US')} events are in ${folder}.`)
  }
}

async function exported(client: pg.Client, month: string, folder: string, onEvents: (events: number) => void) {
  await client.query('begin isolation level repeatable read read only')
  try {
    await exportMonth(client, { month, folder, onEvents })
  } finally {
    await client.query('rollback')
  }
}

async function withBar(what: string, total: number, work: (onEvents: (events: number) => void) => Promise<unknown>) {
  const bar = new SingleBar({
    format: `${what} {bar} {value}/{total} events · {eta_formatted} left`,
    clearOnComplete: true,
    noTTYOutput: true,
    notTTYSchedule: 5_000,
  })
  bar.start(total, 0)
  try {
    await work((events) => bar.update(events))
  } finally {
    bar.stop()
  }
}

main().catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
