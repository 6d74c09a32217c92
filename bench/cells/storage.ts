/** G11: what one event takes on the disk, with everything that is written for it. */
import { checkCellBooks, problemsOf } from '../books'
import { type Cell, type Context, ownDatabase } from '../cell'
import { InProcessGate, inFlight } from '../gate'
import { withClient } from '../postgres'
import { type Mix, traffic } from '../traffic'

const fullEvents = 1_000_000
const quickEvents = 20_000

/** Tables with their indexes. The balance and the budget are rows that change in place: they do not grow with events. */
const tables = ['usage_events', 'transfers', 'grant_draws', 'usage_days', 'usage_hours']

/** Of each table its rows (with what belongs to them) and each index; the partitions of a table together. */
const sizes = `
  with parts as (
    select name, part from unnest($1::text[]) as name, lateral (
      select relid as part from pg_partition_tree(name::regclass) where isleaf union select name::regclass) leaves)
  select name, 'rows' as what, sum(pg_table_size(part))::bigint as bytes from parts group by 1
  union all
  select name, regexp_replace(c.relname, '_\\d{4}_\\d{2}', ''), sum(pg_relation_size(c.oid))::bigint
    from parts join pg_index i on i.indrelid = part join pg_class c on c.oid = i.indexrelid group by 1, 2`

export const storage: Cell = {
  cell: 'G11',
  title: 'bytes per event with transfers, draws, rollups and all indexes',
  run: async (context) => {
    const hot = await fill(context, { accounts: 'hot' })
    const worst = await fill(context, { accounts: 'uniform' })
    return {
      cell: 'G11',
      title: storage.title,
      samples: {
        'G11 bytes per event all-in, hot': [hot.bytes],
        'G11 bytes per event all-in, worst case': [worst.bytes],
      },
      books: worst.books,
      problems: [...problemsOf(hot.books), ...problemsOf(worst.books)],
      notes: [
        `hot, ${hot.books.events.toLocaleString('en')} events: ${hot.parts}.`,
        `10,000 accounts, single events, ${worst.books.events.toLocaleString('en')} of them: ${worst.parts}. Rollup rows are shared by the events of an hour, so fewer events an account weigh more.`,
      ],
    }
  },
}

async function fill(context: Context, mix: Mix) {
  const { settings, say } = context
  const wanted = settings.isQuick ? quickEvents : fullEvents
  const url = await ownDatabase(context)
  const before = await sizesOf(url)
  const gate = InProcessGate.open(url)
  context.defer(() => gate.close())
  say(`G11: ${wanted.toLocaleString('en')} events, ${mix.accounts}`)
  const requests = traffic(mix)
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (gate.answers.events < wanted) await gate.record(requests.next())
    }),
  )
  await gate.close()
  const after = await sizesOf(url)
  const books = await checkCellBooks(url, gate.answers)
  const grown = after.map(({ name, what, bytes }) => {
    const was = before.find((size) => size.name === name && size.what === what)?.bytes ?? 0
    return { name, what, bytes: (bytes - was) / books.events }
  })
  const sum = (sizes: Size[]) => sizes.reduce((total, { bytes }) => total + bytes, 0)
  const partsOf = (table: string) => grown.filter(({ name }) => name === table)
  return {
    books,
    bytes: sum(grown),
    parts: tables
      .map((table) => {
        const parts = partsOf(table).map(({ what, bytes }) => `${what} ${bytes.toFixed(1)}`)
        return `${table} ${sum(partsOf(table)).toFixed(1)} (${parts.join(', ')})`
      })
      .join('; '),
  }
}

interface Size {
  name: string
  what: string
  bytes: number
}

const sizesOf = (url: string): Promise<Size[]> =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string; what: string; bytes: string }>(sizes, [tables])
    return rows.map(({ name, what, bytes }) => ({ name, what, bytes: Number(bytes) }))
  })
