import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clientOf, control, paymentSession } from '../testing/sandbox-kit'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

let dataDir: string
let processes: ChildProcess[]
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'stripe-sandbox-'))
  processes = []
})
afterEach(async () => {
  for (const child of processes) await killed(child, 'SIGKILL')
  rmSync(dataDir, { recursive: true, force: true })
})

/** Starts a real process on any port and says where it listens. */
async function start(port = 0) {
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--port', String(port), '--data', dataDir])
  processes.push(child)
  let output = ''
  child.stderr!.on('data', (chunk) => {
    output += chunk
  })
  const url = await new Promise<string | null>((resolve) => {
    child.stdout!.on('data', (chunk) => resolve(/http:\S+/.exec(String(chunk))?.[0] ?? null))
    child.once('exit', () => resolve(null))
  })
  return { child, url, output: () => output }
}

async function killed(child: ChildProcess, signal: NodeJS.Signals) {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const ended = once(child, 'exit')
  child.kill(signal)
  const [code] = await ended
  return code as number | null
}

test('whatever was answered before kill -9 is there afterwards, once', { timeout: 60_000 }, async () => {
  const first = await start()
  const stripe = clientOf(first.url!)
  const customer = await stripe.customers.create({ email: 'kept@example.com' })
  const session = await stripe.checkout.sessions.create(paymentSession(5_000, { customer: customer.id }))
  await control(first.url!, 'POST', `/checkout/${session.id}/pay`, { card_number: '4242424242424242' })
  await control(first.url!, 'POST', '/clock', { advance_seconds: 1_000_000 })

  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
  const charge = (client: typeof stripe, n: number) =>
    client.paymentIntents.create(
      {
        amount: 100,
        currency: 'usd',
        customer: customer.id,
        payment_method: method.id,
        off_session: true,
        confirm: true,
      },
      { idempotencyKey: `charge ${n}` },
    )
  const answered = new Map<number, string>()
  const storm = Array.from({ length: 200 }, async (_, n) => answered.set(n, (await charge(stripe, n)).id).size)
  await Promise.race([Promise.all(storm), new Promise((resolve) => setTimeout(resolve, 150))])
  await killed(first.child, 'SIGKILL')
  await Promise.allSettled(storm)

  const second = await start()
  const again = clientOf(second.url!)
  expect((await again.checkout.sessions.retrieve(session.id)).payment_status).toBe('paid')
  for (let n = 0; n < 200; n++) {
    const intent = await charge(again, n)
    if (answered.has(n)) expect(intent.id).toBe(answered.get(n))
  }
  const state = await control<{ total_charged_cents: number; clock: { offset_seconds: number } }>(
    second.url!,
    'GET',
    '/state',
  )
  expect(state.total_charged_cents).toBe(5_000 + 200 * 100)
  expect(state.clock.offset_seconds).toBeGreaterThan(999_000)
})

test('a line torn by a crash is left out; a damaged file is not started from', { timeout: 60_000 }, async () => {
  const first = await start()
  await clientOf(first.url!).customers.create({})
  expect(await killed(first.child, 'SIGTERM')).toBe(0)
  const file = path.join(dataDir, 'state.jsonl')
  appendFileSync(file, '[["customers","cus_torn",{"id":')
  const second = await start()
  expect((await clientOf(second.url!).customers.list()).data).toHaveLength(1)
  await killed(second.child, 'SIGTERM')
  appendFileSync(file, 'nonsense\n')
  const third = await start()
  expect([third.url, third.output()]).toEqual([null, expect.stringMatching(/damaged in line \d+/)])
})

test('a taken port is told in one sentence and leaves the data alone', { timeout: 60_000 }, async () => {
  const first = await start()
  const stripe = clientOf(first.url!)
  const port = Number(new URL(first.url!).port)
  const second = await start(port)
  expect(second.output()).toBe(`Port ${port} is taken by another program.\n`)
  expect(second.child.exitCode).toBe(1)
  await stripe.customers.create({})
  await killed(first.child, 'SIGKILL')
  const third = await start()
  expect((await clientOf(third.url!).customers.list()).data).toHaveLength(1)
})
