/** The servers and the client of the HTTP cells, each a process of its own. */
import fs from 'node:fs'
import { bundleGate, gateArguments } from '../../scripts/setup/gate.mjs'
import type { Context } from '../cell'
import type { Work } from '../load'
import { Process } from '../processes'
import type { ClientOrder, ClientReport } from './request'

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
      const answer = this.process.next((line) => reportIn(line, order.order), seconds * 2 + readySeconds)
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
}

function reportIn(line: string, order: number): ClientReport | null {
  return line.startsWith(`{"order":${order},`) ? (JSON.parse(line) as ClientReport) : null
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
