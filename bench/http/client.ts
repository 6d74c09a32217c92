/**
 * The outside client, a process of its own: keep-alive connections over plain sockets, one request at a time on each. It knows
 * just enough of HTTP to read these answers, so that it takes as little as possible of the machine that it shares with the
 * server it measures.
 */
import net from 'node:net'
import readline from 'node:readline'
import { closedLoop } from '../load'
import { type BenchRequest, traffic } from '../traffic'
import type { ClientOrder, ClientReport } from './request'

const orders = readline.createInterface({ input: process.stdin })
orders.on('line', (line) => {
  const order = JSON.parse(line) as ClientOrder
  run(order).then(
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

interface Answer {
  status: number
  body: string
}

/** One keep-alive connection. */
class Connection {
  private received = ''
  private waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null

  private constructor(private readonly socket: net.Socket) {
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.take(text))
    socket.on('error', (error) => this.fail(error))
    socket.on('close', () => this.fail(new Error('The server closed a connection that was in use.')))
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(new Connection(socket)))
      socket.once('error', reject)
    })
  }

  ask(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject }
      this.socket.write(request, 'latin1')
    })
  }

  close(): void {
    this.socket.destroy()
  }

  private take(text: string): void {
    this.received = this.received ? this.received + text : text
    const answer = answerIn(this.received)
    if (!answer || !this.waiting) return
    const { resolve } = this.waiting
    this.received = ''
    this.waiting = null
    resolve(answer)
  }

  private fail(error: Error): void {
    this.waiting?.reject(error)
    this.waiting = null
  }
}

/** The answer once all of it is there. */
function answerIn(text: string): Answer | null {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return null
  const status = Number(text.slice(9, 12))
  const begin = headEnd + 4
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd + 2))?.[1]
  if (length !== undefined) return text.length < begin + Number(length) ? null : { status, body: text.slice(begin) }
  return text.endsWith('\r\n0\r\n\r\n') ? { status, body: text.slice(begin) } : null
}
