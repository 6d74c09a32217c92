/**
 * A client that asks at a steady rate, whatever the answers take, as many independent callers do: balance reads, and authorizations that
 * are settled. A process of its own; takes orders as lines.
 */
import { randomUUID } from 'node:crypto'
import readline from 'node:readline'
import { percentile } from '../statistics'
import { accountCounts, accountIdOf } from '../traffic'
import { type Answer, Connection } from './connection'
import type { SteadyOrder, SteadyReport } from './request'

const idle: Connection[] = []
const tickMs = 2

/** One that is idle and that the server has not closed. */
function openIdle(): Connection | undefined {
  for (let connection = idle.pop(); connection; connection = idle.pop()) if (connection.isOpen) return connection
  return undefined
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  run(JSON.parse(line) as SteadyOrder).then(
    (report) => console.log(JSON.stringify(report)),
    (error: Error) => {
      console.error(error.message)
      process.exit(1)
    },
  )
})

async function run(order: SteadyOrder): Promise<SteadyReport> {
  const { port, serviceKey, seconds, readsPerSecond, pairsPerSecond } = order
  const taken = { reads: [] as number[], decisions: [] as number[] }
  const head = `host: 127.0.0.1\r\nauthorization: Bearer ${serviceKey}\r\n`
  const account = () => accountIdOf('uniform', Math.floor(Math.random() * accountCounts.uniform))

  const ask = async (times: number[], request: string): Promise<Answer> => {
    const connection = openIdle() ?? (await Connection.open(port))
    const asked = performance.now()
    const answer = await connection.ask(request)
    times.push(performance.now() - asked)
    idle.push(connection)
    if (answer.status >= 400) throw new Error(`${answer.status} ${answer.body.slice(0, 300)}`)
    return answer
  }
  const post = (path: string, body: unknown) => {
    const text = JSON.stringify(body)
    return `POST ${path} HTTP/1.1\r\n${head}content-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`
  }
  const read = () => ask(taken.reads, `GET /v1/accounts/${account()}/balance HTTP/1.1\r\n${head}\r\n`)
  const pair = async () => {
    const hold = { account_id: account(), idempotency_key: randomUUID(), max_cost: '0.001', model: 'gpt-oss-20b' }
    const { body } = await ask(taken.decisions, post('/v1/authorizations', hold))
    const { id } = JSON.parse(body) as { id: string }
    await ask(taken.decisions, post(`/v1/authorizations/${id}/settle`, { input_tokens: 100, output_tokens: 10 }))
  }

  const running: Promise<unknown>[] = []
  const began = performance.now()
  const begun = { reads: 0, pairs: 0 }
  for (let now = began; now < began + seconds * 1000; now = performance.now()) {
    const elapsed = (now - began) / 1000
    for (; begun.reads < elapsed * readsPerSecond; begun.reads++) running.push(read())
    for (; begun.pairs < elapsed * pairsPerSecond; begun.pairs++) running.push(pair())
    await new Promise((resolve) => setTimeout(resolve, tickMs))
  }
  await Promise.all(running)
  const p99 = (times: number[]) => percentile(Float64Array.from(times).sort(), 0.99)
  const p50 = (times: number[]) => percentile(Float64Array.from(times).sort(), 0.5)
  return {
    order: order.order,
    reads: { p50Ms: p50(taken.reads), p99Ms: p99(taken.reads) },
    decisions: { p50Ms: p50(taken.decisions), p99Ms: p99(taken.decisions) },
  }
}
