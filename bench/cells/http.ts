/** G7 and the HTTP half of G8, and the memory of the gate's process meanwhile. */
import { singleConnections } from '../baselines/singles'
import { type Cell, frame, measure, ownConnections, ownDatabase } from '../cell'
import { HttpClient, startGate, startServer, watchMemory } from '../http/processes'
import { ratios } from '../round'
import { median } from '../statistics'
import { dirty } from '../traffic'

export const overHttp: Cell = {
  cell: 'G7',
  title: 'over HTTP, 256 connections, the client in a process of its own',
  run: async (context) => {
    const url = await ownDatabase(context)
    const connections = await ownConnections(context, url, singleConnections)
    const [gate, noWork, naive] = await Promise.all([
      startGate(context, url),
      startServer(context, 'bench/http/no-work-server.ts'),
      startServer(context, 'bench/http/naive-server.ts', { DATABASE_URL: url }),
    ])
    const client = HttpClient.start(context)
    const memory = watchMemory(gate.process.pid)
    context.defer(async () => memory.stop())

    const usage = (port: number, mix: Parameters<typeof client.work>[1]['mix'], counted = true) =>
      client.work(port, { kind: 'usage', mix }, { counted })
    const balance = (port: number) => client.work(port, { kind: 'balance', mix: { accounts: 'uniform' } })
    const sandwich = {
      raw: frame(connections).raw,
      bases: { 'no-work server': usage(noWork.port, { accounts: 'uniform' }, false) },
      candidates: {
        hot: usage(gate.port, { accounts: 'hot' }),
        uniform: usage(gate.port, { accounts: 'uniform' }),
        'hot, 5 % repeats and 1 % dry': usage(gate.port, { accounts: 'hot', ...dirty }),
        'zipf, 5 % repeats and 1 % dry': usage(gate.port, { accounts: 'zipf', ...dirty }),
        balance: balance(gate.port),
      },
      peers: {
        'naive, hot': usage(naive.port, { accounts: 'hot' }, false),
        'no-work server, GET': balance(noWork.port),
      },
    }
    const result = await measure(context, overHttp, { url, gate: null, sandwich, answered: () => client.answers })
    memory.stop()
    const { rounds } = result
    const samples = {
      'G7 over HTTP, hot ÷ no-work server': ratios(rounds, 'hot', 'no-work server'),
      'G7 over HTTP, hot ÷ naive over HTTP': ratios(rounds, 'hot', 'naive, hot'),
      'G7 over HTTP, 10,000 accounts ÷ no-work server': ratios(rounds, 'uniform', 'no-work server'),
      'G8 balance read over HTTP ÷ no-work server': ratios(rounds, 'balance', 'no-work server, GET'),
      'memory of a gate process under load over HTTP, most':
        memory.samples.length > 0 ? [Math.max(...memory.samples)] : [],
    }
    const note = `Memory of the gate's process: ${Math.round(median(memory.samples))} MB in the middle, ${Math.round(Math.max(...memory.samples))} MB at most.`
    return { ...result, samples, notes: [note, ...result.notes] }
  },
}
