/**
 * Fills the demo, once: an owner with the signup credit, a customer with a month of real usage by two keys, an operator, prices and
 * a service key. What people log in with is written to demo.json in the data folder. Run again, it changes nothing.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { SingleBar } from 'cli-progress'
import { system } from '../lib/core/actor'
import { dayMs, hourMs } from '../lib/core/time'
import { signUp } from '../lib/domain/accounts'
import { createServiceKey, resolveApiKey } from '../lib/domain/api-keys'
import { runAutoTopUp, saveAutoTopUp } from '../lib/domain/auto-top-up'
import { setMonthlyCap } from '../lib/domain/budgets'
import { recordUsage, type UsageReport } from '../lib/domain/gate'
import { makeOperator } from '../lib/domain/members'
import { publishPrices } from '../lib/domain/prices'
import { buyCredits, listPurchases, settlePurchase } from '../lib/domain/purchases'
import { moveClock } from '../lib/edges/clock'
import { closeDatabase } from '../lib/edges/db'
import { env, isDemo } from '../lib/edges/env'
import { readDemo } from './database-url.mjs'
import { demoPromotionCode, makePromotionCode } from './demo/promotion-code'
import { limitTeam, makeTeam, type Team } from './demo/team'
import { readTrace, type TraceRequest } from './demo/trace'
import { dataFolder, writeJson } from './run/folders.mjs'

const actor = system('seed')

/** The trace's requests, in its own order, are spread over this many days up to now. */
const historyDays = 30
const batchesPerDay = 6

/** Of ten requests in a row, which model each goes to: the trace names none. */
const modelOfTen = [
  ...Array(6).fill('kimi-k2p7-code'),
  ...Array(2).fill('deepseek-v4-pro'),
  ...Array(2).fill('gpt-oss-120b'),
] as string[]

async function seed(): Promise<void> {
  if (!isDemo()) throw new Error('The demo is seeded in demo mode only.')
  const prices = readFileSync(path.join(import.meta.dirname, '../data/prices.csv'), 'utf8')
  await publishPrices(actor, { csv: prices, effectiveFrom: new Date('2026-07-01T00:00:00Z') })

  const startedAt = new Date()
  // The customer's story is told in its own time, so it comes first and the clock returns to the present after it.
  await moveBothClocks(new Date(startedAt.getTime() - historyDays * dayMs))
  const history = await signUp(actor, { email: 'grace@example.com', name: 'Grace' })
  const team = await makeTeam(history.accountId, history.userId)
  await replayHistory(team, startedAt)
  await moveBothClocks(new Date())
  await limitTeam(team)

  const owner = await signUp(actor, { email: 'ada@example.com', name: 'Ada' })
  const operator = await signUp(actor, { email: 'operator@example.com', name: 'Olga' })
  await makeOperator(actor, { userId: operator.userId, role: 'admin' })

  await makePromotionCode()
  const { key } = await createServiceKey(actor, { name: 'Demo gateway', scopes: ['usage:write', 'balance:read'] })
  writeJson(
    path.join(dataFolder, 'demo.json'),
    {
      logins: [
        { email: 'ada@example.com', what: 'a new customer with the $1 signup credit' },
        { email: 'grace@example.com', what: 'a customer with a month of usage, a saved card and auto top-up' },
        { email: 'operator@example.com', what: 'an operator of the platform' },
      ],
      accounts: { owner: owner.accountId, history: history.accountId, operator: operator.accountId },
      serviceKey: key,
      promotionCode: demoPromotionCode,
      gateUrl: `http://127.0.0.1:${env().GATE_PORT}`,
      mailboxUrl: `${env().APP_URL}/mailbox`,
    },
    0o600,
  )
}

/** A month of a customer: credits bought at its start, usage made of the real trace, topped up as it burns. */
async function replayHistory({ accountId, secrets, factsOfTen }: Team, until: Date): Promise<void> {
  if ((await listPurchases(actor, { accountId })).every(({ state }) => state !== 'paid')) {
    await buy(accountId, '20.00')
  }
  await saveAutoTopUp(actor, {
    accountId,
    isOn: true,
    minimum: '5.00',
    mode: 'amount',
    amount: '10.00',
    target: '20.00',
    monthlyLimit: '100.00',
  })
  await setMonthlyCap(actor, { accountId, limit: '40.00', warnAtPercent: [80] })

  const trace = readTrace()
  const batches = historyDays * batchesPerDay
  const bar = new SingleBar({
    format: 'Replaying a month of usage {bar} {percentage}%',
    clearOnComplete: true,
    noTTYOutput: true,
  })
  bar.start(batches, 0)
  for (let batch = 0; batch < batches; batch++) {
    const before = ((batches - batch) * historyDays * dayMs) / batches
    await moveBothClocks(new Date(until.getTime() - before + hourMs))
    const [from, to] = [batch, batch + 1].map((part) => Math.floor((part * trace.length) / batches))
    const events = trace.slice(from, to).map((request, place) => reportOf(request, (from ?? 0) + place, factsOfTen))
    await recordUsage(actor, { accountId, events, beyondCredit: 'refuse' })
    await runAutoTopUp(actor, { accountId })
    bar.update(batch + 1)
  }
  bar.stop()
  // As the platform's gateway does for each request: it asks whose key it is, which notes that the key was used.
  for (const secret of secrets) await resolveApiKey(secret)
}

const reportOf = (request: TraceRequest, index: number, factsOfTen: Team['factsOfTen']): UsageReport => ({
  eventId: `trace-${index}`,
  model: modelOfTen[index % modelOfTen.length]!,
  inputTokens: BigInt(request.inputTokens),
  cachedInputTokens: 0n,
  outputTokens: BigInt(request.outputTokens),
  occurredAt: null,
  // Moved on by one each ten, so that every program uses every model.
  facts: factsOfTen[(index + Math.floor(index / 10)) % factsOfTen.length],
})

/**
 * Buys as a person would: Checkout, a card on the sandbox's page, and back. Not the card that visitors of the demo use: its first
 * account keeps the signup credit, and that should be theirs.
 */
async function buy(accountId: string, amount: string): Promise<void> {
  const { purchaseId, checkoutUrl } = await buyCredits(actor, { accountId, amount, saveCard: true })
  const session = new URL(checkoutUrl).pathname.split('/').pop()
  // Where the operator's pages add tax, they ask where the buyer is; Oregon has none.
  const address = { line1: '1 Rose Street', city: 'Portland', state: 'OR', postal_code: '97201', country: 'US' }
  await askSandbox(`/_sandbox/checkout/${session}/pay`, { card_number: '5555555555554444', save: true, address })
  const { state } = await settlePurchase(actor, { accountId, purchaseId })
  if (state !== 'paid') throw new Error(`The demo's purchase is ${state}, not paid.`)
}

async function moveBothClocks(instant: Date): Promise<void> {
  await moveClock(instant)
  await askSandbox('/_sandbox/clock', { now: Math.floor(instant.getTime() / 1000) })
}

async function askSandbox(path: string, body: object): Promise<void> {
  const response = await fetch(`${env().SANDBOX_URL}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`The sandbox answered ${response.status} to ${path}: ${await response.text()}`)
}

if (readDemo()) process.exit(0)
seed()
  .catch((error: Error) => {
    console.error(error)
    process.exitCode = 1
  })
  .finally(closeDatabase)
