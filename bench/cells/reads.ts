/** G8 and G9: what a page or a gateway reads. */
import { getGateBalance } from '@/lib/domain/gate'
import { getUsageDays } from '@/lib/domain/usage'
import { closeDatabase } from '@/lib/edges/db'
import { bareSelect, singleConnections } from '../baselines/singles'
import { checkCellBooks, problemsOf } from '../books'
import { type Cell, frame, measure, ownConnections, ownDatabase } from '../cell'
import { actor, InProcessGate } from '../gate'
import { closedLoop } from '../load'
import { useDatabase, withClient } from '../postgres'
import { ratios } from '../round'
import { median } from '../statistics'
import { accountIdOf, accountIds } from '../traffic'
import { insertHistory, rawScan } from './history'

export const balanceReads: Cell = {
  cell: 'G8',
  title: 'balance read, one at a time, ÷ a bare select by key',
  run: async (context) => {
    const url = await ownDatabase(context)
    const connections = await ownConnections(context, url, singleConnections)
    const gate = InProcessGate.open(url)
    context.defer(() => gate.close())
    const { raw, update } = frame(connections)
    const ids = accountIds('uniform')
    const sandwich = {
      raw,
      bases: { update, 'bare select': bareSelect(connections) },
      candidates: {
        'balance read': (seconds: number) =>
          closedLoop(1, seconds, async () => {
            await getGateBalance(actor, { accountId: ids[Math.floor(Math.random() * ids.length)]! })
            return 1
          }),
      },
      peers: {},
    }
    const result = await measure(context, balanceReads, { url, gate, sandwich })
    const samples = {
      'G8 balance read p50 ÷ bare select p50': ratios(result.rounds, 'balance read', 'bare select', 'p50Ms'),
    }
    return { ...result, samples }
  },
}

const fullEvents = 10_000_000
const quickEvents = 100_000
const days = 90
const reads = 50

export const usageDays: Cell = {
  cell: 'G9',
  title: '90 days of one account by model and day, from the rollup and from the events',
  run: async (context) => {
    const { settings, say, defer } = context
    const events = settings.isQuick ? quickEvents : fullEvents
    const url = await ownDatabase(context)
    const accountId = accountIdOf('hot')
    const insertSeconds = await withClient(url, (client) =>
      insertHistory(client, { accountId, events, days }, (done) => say(`G9: ${done.toLocaleString('en')} events`)),
    )
    say('G9: scanning the events')
    const scans = await withClient(url, (client) => rawScan(client, accountId, settings.isQuick ? 2 : 3))

    useDatabase(url)
    defer(closeDatabase)
    const readsMs: number[] = []
    let rows = 0
    for (let read = 0; read < reads; read++) {
      const began = performance.now()
      rows = (await getUsageDays(actor, { accountId, days })).days.length
      readsMs.push(performance.now() - began)
    }
    await closeDatabase()
    say('G9: reading the books')
    const books = await checkCellBooks(url, null)
    const readMs = median(readsMs)
    const scanMs = median(scans)
    return {
      cell: 'G9',
      title: usageDays.title,
      samples: {
        'G9 90 days by model and day ÷ raw scan': [readMs / scanMs],
        'G9 90 days by model and day, milliseconds': [readMs],
      },
      books,
      problems: problemsOf(books),
      notes: [
        `${events.toLocaleString('en')} events of one account${settings.isQuick ? ' (the full run has 10,000,000, which is what the ratio is about)' : ''}, ${rows} rows read; scan ${scanMs.toFixed(0)} ms, rollup ${readMs.toFixed(2)} ms; inserted in ${insertSeconds.toFixed(0)} s; all invariants in ${books.seconds.toFixed(0)} s.`,
      ],
    }
  },
}
