/**
 * The outside client, a process of its own: keep-alive connections over plain sockets, one request at a time on each. It knows
 * just enough of HTTP to read these answers, so that it takes as little as possible of the machine that it shares with the
 * server it measures.
 */
import readline from 'node:readline'
import { closedLoop } from '../load'
import { type BenchRequest, traffic } from '../traffic'
import { Connection } from './connection'
import type { ClientOrder, ClientReport, LostReport } from './request'

const orders = readline.createInterface({ input: process.stdin })
orders.on('line', (line) => {
  const order = JSON.parse(line) as ClientOrder
  const done: Promise<ClientReport | LostReport> = order.untilLost ? runUntilLost(order) : run(order)
  done.then(
    (report) => console.log(JSON.stringify(report)),
    (error: Error) => {
      console.error(error.message)
      process.exit(1)
    },
  )
})
orders.on('close', () => process.exit(0))

async function run({ order, port, serviceKey, connections, seconds, ask }: ClientOrder): Promise<ClientReport> {
  const report = { order, events: 0, duplicates: 0, refused: 0, failed: 0, firstFailure: '' }
  const sockets = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)))
  const requests = traffic(ask.mix)
  const head = headOf(port, serviceKey)
  const measured = await closedLoop(connections, seconds, async (caller) => {
    const request = requests.next()
    const answer = await sockets[caller]!.ask(ask.kind === 'usage' ? post(head, request) : get(head, request.accountId))
    if (answer.status !== 200) {
      report.failed += 1
      report.firstFailure ||= `${answer.status} ${answer.body.slice(0, 300)}`
    } else if (ask.kind === 'usage') {
      count(answer.body, report)
      requests.taken(request)
    }
    return 1
  })
  for (const socket of sockets) socket.close()
  return { ...report, measured }
}

/** Asks until the server is gone, and tells what was answered and what was not. */
async function runUntilLost({ order, port, serviceKey, connections, ask }: ClientOrder): Promise<LostReport> {
  const report: LostReport = { order, answered: [], unanswered: [], failed: 0, firstFailure: '' }
  const requests = traffic(ask.mix)
  const head = headOf(port, serviceKey)
  const caller = async (connection: Connection) => {
    for (;;) {
      const request = requests.next()
      const answer = await connection.ask(post(head, request)).catch(() => null)
      if (!answer) return void report.unanswered.push(request)
      if (answer.status === 200 && answer.body.includes('"accepted":1,'))
        report.answered.push(request.events[0]!.eventId)
      else {
        report.failed += 1
        report.firstFailure ||= `${answer.status} ${answer.body.slice(0, 300)}`
      }
    }
  }
  const opened = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)))
  await Promise.all(opened.map(caller))
  return report
}

const headOf = (port: number, serviceKey: string) =>
  `host: 127.0.0.1:${port}\r\nauthorization: Bearer ${serviceKey}\r\ncontent-type: application/json\r\n`

const get = (head: string, accountId: string) => `GET /v1/accounts/${accountId}/balance HTTP/1.1\r\n${head}\r\n`

function post(head: string, { accountId, events }: BenchRequest): string {
  const body = JSON.stringify({
    account_id: accountId,
    events: events.map((event) => ({
      id: event.eventId,
      model: event.model,
      input_tokens: event.inputTokens,
      cached_input_tokens: event.cachedInputTokens,
      output_tokens: event.outputTokens,
    })),
  })
  return `POST /v1/usage HTTP/1.1\r\n${head}content-length: ${body.length}\r\n\r\n${body}`
}

function count(body: string, report: { events: number; duplicates: number; refused: number }): void {
  const found = /"accepted":(\d+),"duplicates":(\d+),"refused":(\d+)/.exec(body)
  report.events += Number(found?.[1] ?? 0)
  report.duplicates += Number(found?.[2] ?? 0)
  report.refused += Number(found?.[3] ?? 0)
}
