/** G13: minutes of load on a gate process over HTTP, with checkpoints falling into it. */
import { checkCellBooks, problemsOf } from '../books'
import { type Cell, ownDatabase } from '../cell'
import { HttpClient, startGate, watchMemory } from '../http/processes'
import { median } from '../statistics'
import { dirty } from '../traffic'

const secondsPerStretch = 60
const memoryEveryMs = 1000

export const soak: Cell = {
  cell: 'G13',
  title: 'soak over HTTP: zipf accounts, 5 % repeats, 1 % dry, a checkpoint each minute',
  run: async (context) => {
    const { postgres, settings, say } = context
    const minutes = settings.soakMinutes ?? 0
    const url = await ownDatabase(context)
    await postgres.asAdmin(`alter system set checkpoint_timeout = '1min'`)
    await postgres.asAdmin('select pg_reload_conf()')
    const gate = await startGate(context, url)
    const client = HttpClient.start(context)
    const memory = watchMemory(gate.process.pid, memoryEveryMs)
    const work = client.work(gate.port, { kind: 'usage', mix: { accounts: 'zipf', ...dirty } }, { counted: true })
    const rates: number[] = []
    const megabytes: number[] = []
    for (let minute = 1; minute <= minutes; minute++) {
      say(`G13: minute ${minute} of ${minutes}`)
      const before = memory.samples.length
      rates.push((await work(secondsPerStretch)).perSecond)
      megabytes.push(median(memory.samples.slice(before)))
    }
    memory.stop()
    await postgres.asAdmin('alter system reset checkpoint_timeout')
    await postgres.asAdmin('select pg_reload_conf()')
    const books = await checkCellBooks(url, client.answers)
    return {
      cell: 'G13',
      title: soak.title,
      samples: {
        'G13 soak with checkpoints: last minute ÷ first': [rates[rates.length - 1]! / rates[0]!],
        'memory of a gate process under load over HTTP, most': [Math.max(...memory.samples)],
      },
      books,
      problems: problemsOf(books),
      notes: [
        `Requests a second by the minute: ${rates.map((rate) => Math.round(rate).toLocaleString('en')).join(', ')}.`,
        `Memory of the gate's process by the minute, MB: ${megabytes.map(Math.round).join(', ')}; ${Math.round(Math.max(...memory.samples))} at most.`,
      ],
    }
  },
}
