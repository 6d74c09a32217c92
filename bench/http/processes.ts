/** The servers and the client of the HTTP cells, each a process of its own. */
import fs from 'node:fs'
import { bundleGate, gateArguments } from '../../scripts/setup/gate.mjs'
import type { Context } from '../cell'
import type { Work } from '../load'
import { Process } from '../processes'
import type { Mix } from '../traffic'
import type { ClientOrder, ClientReport, LostReport } from './request'

const readySeconds = 30

export interface RunningServer {
  port: number
  process: Process
}

/** Starts a server that prints its port. The cell ends it. */
export const startServer = (context: Context, file: string, env: Record<string, string> = {}): Promise<RunningServer> =>
  ready(context, Process.start(file, env))

/** The gate, as `npm start` runs it. `port`: any that is free, unless said. */
export async function startGate(context: Context, url: string, port = 0): Promise<RunningServer> {
  await bundleGate()
  const env = { DATABASE_URL: url, GATE_PORT: String(port), LOG_LEVEL: 'info' }
  return ready(context, Process.run('the gate', gateArguments, env))
}

async function ready({ defer }: Context, server: Process): Promise<RunningServer> {
  defer(() => server.end())
  const port = await server.next((line) => /"port":(\d+)/.exec(line)?.[1] ?? null, readySeconds)
  return { port: Number(port), process: server }
}

/** The client, and what the answers to it added up to. */
export class HttpClient {
  readonly answers = { events: 0, holds: 0, duplicates: 0, refused: 0 }
  private orders = 0

  private constructor(
    private readonly process: Process,
    private readonly serviceKey: string,
  ) {}

  static start({ defer, serviceKey }: Context): HttpClient {
    const client = Process.start('bench/http/client.ts')
    defer(() => client.end())
    return new HttpClient(client, serviceKey)
  }

  /** Load on a port. Answers of `counted` servers are added up, to be compared with the books. */
  work(
    port: number,
    ask: ClientOrder['ask'],
    { connections = 256, counted = false }: { connections?: number; counted?: boolean } = {},
  ): Work {
    return async (seconds) => {
      this.orders += 1
      const order: ClientOrder = { order: this.orders, port, serviceKey: this.serviceKey, connections, seconds, ask }
      const answer = this.process.next((line) => reportIn<ClientReport>(line, order.order), seconds * 2 + readySeconds)
      this.process.send(order)
      const report = await answer
      if (report.failed > 0) throw new Error(`${report.failed} requests failed, the first with ${report.firstFailure}`)
      if (counted) {
        this.answers.events += report.events
        this.answers.duplicates += report.duplicates
        this.answers.refused += report.refused
      }
      return report.measured
    }
  }

  /** Usage for a server that is going to be killed: what it answered until then, and what it did not. */
  workUntilLost(port: number, mix: Mix, connections = 256): Promise<LostReport> {
    this.orders += 1
    const { orders: number, serviceKey } = this
    const ask = { kind: 'usage', mix } as const
    const report = this.process.next((line) => reportIn<LostReport>(line, number), readySeconds)
    this.process.send({
      order: number,
      port,
      serviceKey,
      connections,
      seconds: 0,
      ask,
      untilLost: true,
    } satisfies ClientOrder)
    return report
  }
}

function reportIn<Report>(line: string, order: number): Report | null {
  return line.startsWith(`{"order":${order},`) ? (JSON.parse(line) as Report) : null
}

const bytesPerMegabyte = 1_000_000

/** The memory of a process that is resident now, in MB. NaN where the system does not say. */
function residentMegabytes(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return (Number(kilobytes) * 1024) / bytesPerMegabyte
  } catch {
    return Number.NaN
  }
}

/** Samples a process's memory until it is stopped. */
export function watchMemory(pid: number, everyMs = 250): { samples: number[]; stop: () => void } {
  const samples: number[] = []
  const timer = setInterval(() => {
    const megabytes = residentMegabytes(pid)
    if (!Number.isNaN(megabytes)) samples.push(megabytes)
  }, everyMs)
  timer.unref()
  return { samples, stop: () => clearInterval(timer) }
}
