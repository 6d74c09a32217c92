/** G4 to G6: authorize, authorize and settle, and both with a slower flush. */
import { bareUpdate, functionAuthorize, functionCharge, functionPairs, singleConnections } from '../baselines/singles'
import { type Cell, type Context, frame, measure, ownConnections, ownDatabase } from '../cell'
import { InProcessGate } from '../gate'
import { type Connections, withClient } from '../postgres'
import { ratios, type Sandwich } from '../round'

async function open(context: Context): Promise<{ url: string; connections: Connections; gate: InProcessGate }> {
  const url = await ownDatabase(context)
  const connections = await ownConnections(context, url, singleConnections)
  const gate = InProcessGate.open(url)
  context.defer(() => gate.close())
  return { url, connections, gate }
}

export const authorizations: Cell = {
  cell: 'G4',
  title: 'authorize: one at a time, and 256 in flight on one hot account',
  run: async (context) => {
    const { url, connections, gate } = await open(context)
    const sandwich: Sandwich = {
      raw: frame(connections).raw,
      bases: {
        'bare update, one at a time': bareUpdate('uniform', 1)(connections),
        'bare same-row update': bareUpdate('hot')(connections),
      },
      candidates: {
        'authorize, one at a time': gate.authorizations({ accounts: 'uniform' }, 1),
        'authorize, hot': gate.authorizations({ accounts: 'hot' }),
      },
      peers: {},
    }
    const result = await measure(context, authorizations, { url, gate, sandwich })
    const samples = {
      'G4 authorize: idle p99 ÷ bare update p99': ratios(
        result.rounds,
        'authorize, one at a time',
        'bare update, one at a time',
        'p99Ms',
      ),
      'G4 authorize: hot, 256 in flight ÷ bare same-row update at 16': ratios(
        result.rounds,
        'authorize, hot',
        'bare same-row update',
      ),
    }
    return { ...result, samples }
  },
}

export const pairs: Cell = {
  cell: 'G5',
  title: 'authorize + settle, 256 in flight',
  run: async (context) => {
    const { url, connections, gate } = await open(context)
    const { raw, update } = frame(connections)
    const sandwich: Sandwich = {
      raw,
      bases: { update },
      candidates: { 'pairs, hot': gate.pairs({ accounts: 'hot' }), 'pairs, many': gate.pairs({ accounts: 'uniform' }) },
      peers: {
        'two calls, hot': functionPairs('hot')(connections),
        'two calls, many': functionPairs('uniform')(connections),
      },
    }
    const result = await measure(context, pairs, { url, gate, sandwich })
    const samples = {
      'G5 authorize + settle pairs, hot ÷ two single calls': ratios(result.rounds, 'pairs, hot', 'two calls, hot'),
      'G5 authorize + settle pairs, 10,000 accounts ÷ two single calls': ratios(
        result.rounds,
        'pairs, many',
        'two calls, many',
      ),
    }
    return { ...result, samples }
  },
}

export const slowFlush: Cell = {
  cell: 'G6',
  title: 'every commit waits a millisecond, one hot account, 256 in flight',
  run: async (context) => {
    const { url, connections, gate } = await open(context)
    const waitMs = await slowDown(url)
    const sandwich: Sandwich = {
      raw: frame(connections).raw,
      bases: {},
      candidates: { usage: gate.usage({ accounts: 'hot' }), authorize: gate.authorizations({ accounts: 'hot' }) },
      peers: {
        'one transaction for each event': functionCharge('hot')(connections),
        'one transaction for each authorize': functionAuthorize('hot')(connections),
      },
    }
    const result = await measure(context, slowFlush, { url, gate, sandwich })
    const { rounds } = result
    const samples = {
      'G6 1 ms flush, hot: usage ÷ one transaction each': ratios(rounds, 'usage', 'one transaction for each event'),
      'G6 1 ms flush, hot: authorize ÷ one transaction each': ratios(
        rounds,
        'authorize',
        'one transaction for each authorize',
      ),
    }
    const note = `The flush is emulated: a deferred trigger waits once in each transaction that changed a balance, with its locks held. Measured: ${waitMs.toFixed(2)} ms. RAW does not wait.`
    return { ...result, samples, notes: [note, ...result.notes] }
  },
}

/** Makes every commit that changed a balance wait, ours and the peers' alike. Returns how long it waits. */
async function slowDown(url: string): Promise<number> {
  return withClient(url, async (client) => {
    for (const table of ['public.account_balances', 'bench.balances']) {
      await client.query(
        `create constraint trigger wait_before_commit after update on ${table}
         deferrable initially deferred for each row execute function bench.wait_before_commit()`,
      )
    }
    const { rows } = await client.query(
      `select count(pg_sleep(0.0005)), extract(epoch from clock_timestamp() - statement_timestamp()) * 1000 / 50 as ms from generate_series(1, 50)`,
    )
    return Number(rows[0].ms)
  })
}
