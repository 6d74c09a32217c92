/** G1 to G3: usage, in batches, of many accounts, of one. */
import { mostPairConnections, Pairs } from '../baselines/pairs'
import { functionCharge, naiveCharge, singleConnections } from '../baselines/singles'
import { type Cell, frame, measure, ownConnections, ownDatabase } from '../cell'
import { InProcessGate } from '../gate'
import { ratios } from '../round'
import { dirty } from '../traffic'

const eventsPerBatch = 100
const batchesInFlight = 16

export const batches: Cell = {
  cell: 'G1',
  title: `${eventsPerBatch} events a request, ${batchesInFlight} requests in flight, 10,000 accounts`,
  run: async (context) => {
    const url = await ownDatabase(context)
    const connections = await ownConnections(context, url, singleConnections)
    const gate = InProcessGate.open(url)
    context.defer(() => gate.close())
    const { raw, update } = frame(connections)
    const sandwich = {
      raw,
      bases: { update },
      candidates: { batches: gate.usage({ accounts: 'uniform' }, eventsPerBatch, batchesInFlight) },
      peers: {},
    }
    const result = await measure(context, batches, { url, gate, sandwich })
    const samples = { 'G1 100 events a request, 10,000 accounts ÷ RAW': ratios(result.rounds, 'batches', 'raw') }
    return { ...result, samples }
  },
}

export const manyAccounts: Cell = {
  cell: 'G2',
  title: 'single events, 256 in flight, 10,000 accounts',
  run: async (context) => {
    const url = await ownDatabase(context)
    const connections = await ownConnections(context, url, singleConnections)
    const pairs = await Pairs.open(url, mostPairConnections)
    context.defer(() => pairs.close())
    context.say(`G2: looking for the best connection count of ${context.pairsName}`)
    const peer = await pairs.best('uniform', context.settings)
    const gate = InProcessGate.open(url)
    context.defer(() => gate.close())
    const { raw, update } = frame(connections)
    const sandwich = {
      raw,
      bases: { update },
      candidates: {
        uniform: gate.usage({ accounts: 'uniform' }),
        'uniform, 5 % repeats and 1 % dry': gate.usage({ accounts: 'uniform', ...dirty }),
        'zipf, 5 % repeats and 1 % dry': gate.usage({ accounts: 'zipf', ...dirty }),
      },
      peers: {
        [context.pairsName]: peer.work,
        naive: naiveCharge('uniform')(connections),
        'one function call': functionCharge('uniform')(connections),
      },
    }
    const result = await measure(context, manyAccounts, { url, gate, sandwich })
    const name = 'G2 single events, 10,000 accounts, 256 in flight'
    const repeated = 'uniform, 5 % repeats and 1 % dry'
    const samples = {
      [`${name} ÷ RAW`]: ratios(result.rounds, 'uniform', 'raw'),
      [`${name} ÷ pgledger-style pairs`]: ratios(result.rounds, 'uniform', context.pairsName),
      [`${name}, 5 % repeats and 1 % dry ÷ RAW`]: ratios(result.rounds, repeated, 'raw'),
      [`${name}, 5 % repeats and 1 % dry ÷ pgledger-style pairs`]: ratios(result.rounds, repeated, context.pairsName),
    }
    return { ...result, samples, notes: [`${context.pairsName}: ${peer.note}.`, ...result.notes] }
  },
}

export const hotAccount: Cell = {
  cell: 'G3',
  title: 'single events, 256 in flight, one hot account',
  run: async (context) => {
    const url = await ownDatabase(context)
    const connections = await ownConnections(context, url, singleConnections)
    const pairs = await Pairs.open(url, mostPairConnections)
    context.defer(() => pairs.close())
    context.say(`G3: looking for the best connection count of ${context.pairsName}`)
    const peer = await pairs.best('hot', context.settings)
    const gate = InProcessGate.open(url)
    context.defer(() => gate.close())
    const { raw, update } = frame(connections)
    const repeated = 'hot, 5 % repeats and 1 % dry'
    const sandwich = {
      raw,
      bases: { update },
      candidates: {
        hot: gate.usage({ accounts: 'hot' }),
        [repeated]: gate.usage({ accounts: 'hot', ...dirty }),
      },
      peers: {
        [context.pairsName]: peer.work,
        naive: naiveCharge('hot')(connections),
        'one function call': functionCharge('hot')(connections),
      },
    }
    const result = await measure(context, hotAccount, { url, gate, sandwich })
    const name = 'G3 one hot account, 256 in flight'
    const samples = {
      [`${name} ÷ RAW`]: ratios(result.rounds, 'hot', 'raw'),
      [`${name} ÷ pgledger-style`]: ratios(result.rounds, 'hot', context.pairsName),
      [`${name} ÷ naive`]: ratios(result.rounds, 'hot', 'naive'),
      [`${name}, 5 % repeats and 1 % dry ÷ RAW`]: ratios(result.rounds, repeated, 'raw'),
    }
    return { ...result, samples, notes: [`${context.pairsName}: ${peer.note}.`, ...result.notes] }
  },
}
