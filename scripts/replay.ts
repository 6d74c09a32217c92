/**
 * Sends a real LLM trace through the gate as traffic of one account: each request is authorized, then settled.
 *   npm run replay -- --account history --model kimi-k2p7-code
 * --account  "owner" or "history" (of the demo), or an account id
 * --model    a model of GET /v1/prices
 * --limit    how many requests (default: the whole trace, 8,819)
 * --parallel how many at once (default 16)
 * --run      a name for the run: the same name again repeats the same requests, which changes nothing
 * --gate, --key  the gate's address and a service key (default: the demo's)
 * Stops when the account cannot pay, and says why.
 */
import { parseArgs } from 'node:util'
import { SingleBar } from 'cli-progress'
import { add, formatMoney, type Money, parseMoney, zero } from '../lib/core/money'
import { readDemo } from './database-url.mjs'
import { readTrace, type TraceRequest } from './demo/trace'

interface Answer {
  status: number
  body: {
    id?: string
    charged?: string | null
    code?: string
    detail?: string
    retry_after_seconds?: number
    limit_reached?: { name: string }
  }
}

const mostRetries = 30

const { values } = parseArgs({
  options: {
    account: { type: 'string' },
    model: { type: 'string', default: 'kimi-k2p7-code' },
    limit: { type: 'string' },
    parallel: { type: 'string', default: '16' },
    run: { type: 'string', default: `run-${Date.now()}` },
    gate: { type: 'string' },
    key: { type: 'string' },
  },
})

class Refused extends Error {}

async function main(): Promise<void> {
  const demo = readDemo()
  const accountId = demo?.accounts?.[values.account ?? ''] ?? values.account
  if (!accountId) throw new Error('Name the account: --account owner, --account history, or an account id.')
  const gate = values.gate ?? demo?.gateUrl ?? 'http://127.0.0.1:3001'
  const key = values.key ?? demo?.serviceKey
  if (!key) throw new Error('Name a service key: --key purse_sk_… (npm run keys -- create NAME makes one).')
  const requests = readTrace().slice(0, wholeNumber('limit', values.limit))
  const parallel = wholeNumber('parallel', values.parallel) ?? 16

  const call = (path: string, body: object) => post(`${gate}${path}`, key, body)
  let charged = zero()
  let settled = 0
  let stopped: Error | undefined
  const bar = new SingleBar({
    format: '{bar} {value}/{total} requests · USD {charged} charged · {eta_formatted} left',
    noTTYOutput: true,
  })
  bar.start(requests.length, 0, { charged: '0.00' })
  const queue = requests.entries()
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (const [index, request] of queue) {
        if (stopped) return
        try {
          const cost = await replayOne(call, accountId, index, request)
          charged = add(charged, cost)
          settled += 1
          bar.update(settled, { charged: formatMoney(charged) })
        } catch (error) {
          stopped ??= error as Error
        }
      }
    }),
  )
  bar.stop()
  console.log(
    `${settled} of ${requests.length} requests, $${formatMoney(charged)} charged to ${accountId} at ${values.model}'s prices.`,
  )
  if (stopped instanceof Refused) console.log(`Stopped: ${stopped.message}`)
  else if (stopped) throw stopped
}

type Call = (path: string, body: object) => Promise<Answer>

async function replayOne(call: Call, accountId: string, index: number, request: TraceRequest): Promise<Money> {
  const held = await accepted(() =>
    call('/v1/authorizations', {
      account_id: accountId,
      idempotency_key: `${values.run}/${index}`,
      model: values.model,
      input_tokens: request.inputTokens,
      max_output_tokens: request.outputTokens,
    }),
  )
  const settled = await accepted(() =>
    call(`/v1/authorizations/${held.id}/settle`, {
      input_tokens: request.inputTokens,
      output_tokens: request.outputTokens,
    }),
  )
  return parseMoney(settled.charged ?? '0')
}

/**
 * The answer once it is a yes. A refusal that says when to retry is retried, and so is a call whose answer was lost: under
 * the same key nothing is held or charged twice. A refusal that only the customer can lift stops the run.
 */
async function accepted(ask: () => Promise<Answer>): Promise<Answer['body']> {
  for (let tried = 0; ; tried++) {
    const answer = await ask().catch((error: Error) => (tried < mostRetries ? null : Promise.reject(error)))
    if (answer && answer.status < 300) return answer.body
    if (answer?.body.code === 'rate_limited') hintAtLimit(answer.body.limit_reached?.name)
    const isWorthRetry = !answer || [429, 502, 503].includes(answer.status)
    if (!isWorthRetry || tried >= mostRetries) throw new Refused(`${answer?.body.code}. ${answer?.body.detail}`)
    await new Promise((resolve) => setTimeout(resolve, (answer?.body.retry_after_seconds ?? 1) * 1000))
  }
}

let isHinted = false

/** Waiting for the next minute looks like standing still. */
function hintAtLimit(name = 'requests'): void {
  if (isHinted) return
  isHinted = true
  const higher = name === 'requests' ? '60000' : 'tokens 1000000000/1000000000/1000000000'
  console.error(
    `The account has reached its limit of this minute (${name}); the run goes on as the limit allows. Raise it: npm run limits -- ${values.account} ${higher}`,
  )
}

async function post(url: string, key: string, body: object): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} must be a whole number from 1.`)
  return number
}

main().catch((error: Error) => {
  const reason = (error.cause as Error | undefined)?.message
  console.error(reason ? `${error.message}: ${reason}. Is Purse running? npm start` : error.message)
  process.exit(1)
})
