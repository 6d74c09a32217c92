/** What clients that behave badly cost the others: each attack and the others' steady load come from processes of their own. */
import path from 'node:path'
import { checkCellBooks, problemsOf } from '../books'
import { type Cell, type Context, ownDatabase } from '../cell'
import { startGate, watchMemory } from '../http/processes'
import type { SteadyOrder, SteadyReport } from '../http/request'
import { Process } from '../processes'
import { median } from '../statistics'

const readsPerSecond = 200
const pairsPerSecond = 100
/** A p99 needs more requests than a rate. */
const stretchSeconds = 4
const quickStretchSeconds = 1
const readySeconds = 30

const attacks = {
  slow: '200 slow clients',
  idle: '1,000 idle connections',
  large: 'batches of 5 MB',
  deep: 'a million brackets',
}
type Attack = keyof typeof attacks
const kinds = Object.keys(attacks) as Attack[]

export const neighbours: Cell = {
  cell: 'neighbours',
  title:
    'the p99 of 200 balance reads and 100 authorizations with their settlements a second, beside clients that behave badly',
  run: async (context) => {
    const { settings, say } = context
    const url = await ownDatabase(context)
    const gate = await startGate(context, url)
    const memory = watchMemory(gate.process.pid)
    context.defer(async () => memory.stop())
    const others = steadyLoad(context, gate.port, settings.isQuick ? quickStretchSeconds : stretchSeconds)
    const rounds: Record<Attack | 'alone', SteadyReport>[] = []
    const ratios = Object.fromEntries(kinds.map((kind) => [kind, [] as number[]])) as Record<Attack, number[]>
    await others()
    for (let number = 1; number <= settings.rounds; number++) {
      say(`neighbours: round ${number} of ${settings.rounds}`)
      const before = await others()
      const beside = {} as Record<Attack, SteadyReport>
      for (const kind of kinds) beside[kind] = await besideAttack(context, gate.port, kind, others)
      const alone = meanOf(before, await others())
      rounds.push({ ...beside, alone })
      for (const kind of kinds) ratios[kind].push(worseRatio(beside[kind], alone))
    }
    memory.stop()
    const books = await checkCellBooks(url, null)
    const middle = (name: Attack | 'alone', what: 'reads' | 'decisions') =>
      median(rounds.map((round) => round[name][what].p99Ms)).toFixed(1)
    return {
      cell: 'neighbours',
      title: neighbours.title,
      samples: Object.fromEntries(
        kinds.map((kind) => [`neighbours p99 of others beside ${attacks[kind]} ÷ alone`, ratios[kind]]),
      ),
      books,
      problems: problemsOf(books),
      notes: [
        'Each ratio is the worse of two: of the reads and of the decisions.',
        ...(['alone', ...kinds] as const).map(
          (name) =>
            `p99 ${name === 'alone' ? 'alone' : `beside ${attacks[name]}`}: reads ${middle(name, 'reads')} ms, decisions ${middle(name, 'decisions')} ms.`,
        ),
        `Memory of the gate's process: ${Math.round(Math.max(...memory.samples))} MB at most.`,
      ],
    }
  },
}

/** One stretch of the others' load. */
function steadyLoad({ defer, serviceKey }: Context, port: number, seconds: number): () => Promise<SteadyReport> {
  const client = Process.start('bench/http/steady-client.ts')
  defer(() => client.end())
  let orders = 0
  return () => {
    orders += 1
    const order: SteadyOrder = { order: orders, port, serviceKey, seconds, readsPerSecond, pairsPerSecond }
    const isReport = (line: string) => (line.startsWith(`{"order":${order.order},`) ? JSON.parse(line) : null)
    const report = client.next<SteadyReport>(isReport, seconds * 2 + readySeconds)
    client.send(order)
    return report
  }
}

async function besideAttack(
  { defer, serviceKey }: Context,
  port: number,
  kind: Attack,
  others: () => Promise<SteadyReport>,
) {
  const file = path.join(import.meta.dirname, '../http/attacker.ts')
  const attacker = Process.run('the attacker', ['--import', 'tsx', file, kind, String(port), serviceKey])
  defer(() => attacker.end())
  await attacker.next((line) => (line === 'begun' ? true : null), readySeconds)
  const report = await others()
  await attacker.end()
  await new Promise((resolve) => setTimeout(resolve, 500))
  return report
}

const pair = (a: { p50Ms: number; p99Ms: number }, b: { p50Ms: number; p99Ms: number }) => ({
  p50Ms: (a.p50Ms + b.p50Ms) / 2,
  p99Ms: (a.p99Ms + b.p99Ms) / 2,
})

const meanOf = (a: SteadyReport, b: SteadyReport): SteadyReport => ({
  order: a.order,
  reads: pair(a.reads, b.reads),
  decisions: pair(a.decisions, b.decisions),
})

const worseRatio = (beside: SteadyReport, alone: SteadyReport) =>
  Math.max(beside.reads.p99Ms / alone.reads.p99Ms, beside.decisions.p99Ms / alone.decisions.p99Ms)
