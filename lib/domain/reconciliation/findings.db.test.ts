// Each disagreement is made for real: at the sandbox behind our back, or in our rows as their owner. The run must name it.
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, system } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { makeOperator } from '@/lib/domain/members'
import { buyCredits, settlePurchase } from '@/lib/domain/purchases'
import { moveClock, now } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { anAccount } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { differences, expectStripeAndLedgerToAgree } from '@/lib/testing/reconciliation'
import { buyByHand, drainJobs, passTime } from '@/lib/testing/top-ups'
import { type DriftFindingDto, listDriftReports, readDriftReport, runReconciliation, startReconciliation } from '.'
import type { FindingKind } from './rules'

let world: MoneyIn
let owner: pg.Client
const tester = system('test')

beforeAll(async () => {
  world = await aMoneyIn()
  await world.control('POST', '/deliveries', { mode: 'drop' })
  owner = new pg.Client({ connectionString: world.databaseUrl })
  await owner.connect()
  await owner.query('set session_replication_role = replica')
})
afterAll(async () => {
  await owner.end()
  await world.close()
})

interface Bought {
  accountId: string
  purchaseId: string
  paymentIntentId: string
}

async function aPaidPage(amount = '10.00'): Promise<{ accountId: string; purchaseId: string }> {
  const { accountId } = await anAccount()
  const { checkoutUrl, purchaseId } = await buyCredits(tester, { accountId, amount, saveCard: false })
  await world.pay(checkoutUrl)
  return { accountId, purchaseId }
}

async function aPurchase(amount?: string): Promise<Bought> {
  const page = await aPaidPage(amount)
  await settlePurchase(tester, page)
  const [row] = await query<{ id: string }>('select payment_intent_id as id from purchases where purchase_id = $1', [
    page.purchaseId,
  ])
  return { ...page, paymentIntentId: row!.id }
}

/** A call to Stripe's API that our program did not make. */
async function atStripe<T = { id: string }>(method: string, path: string, params: Record<string, string> = {}) {
  const answer = await fetch(`${world.sandboxUrl}/v1/${path}`, {
    method,
    headers: { authorization: 'Bearer sk_test_moneyin', 'content-type': 'application/x-www-form-urlencoded' },
    ...(method === 'POST' && { body: new URLSearchParams(params).toString() }),
  })
  if (!answer.ok) throw new Error(await answer.text())
  return (await answer.json()) as T
}

const aForeignPayment = (metadata: Record<string, string>) =>
  atStripe('POST', 'payment_intents', {
    amount: '700',
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: 'true',
    return_url: 'http://localhost',
    ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`metadata[${name}]`, value])),
  })

const aRefund = ({ paymentIntentId }: Bought, amount?: number) =>
  atStripe('POST', 'refunds', { payment_intent: paymentIntentId, ...(amount && { amount: String(amount) }) })

async function run(options: Partial<Parameters<typeof runReconciliation>[1]> = {}) {
  const report = await runReconciliation(tester, { isHealing: false, looks: 1, pauseMs: 10, ...options })
  return readDriftReport(tester, report)
}

const about = ({ findings }: { findings: DriftFindingDto[] }, id: string) =>
  findings.filter(({ accountId, purchaseId, paymentIntentId, objectId }) =>
    [accountId, purchaseId, paymentIntentId, objectId].includes(id),
  )

const kindsAbout = (report: { findings: DriftFindingDto[] }, id: string) =>
  about(report, id).map(({ kind, state }) => `${state} ${kind}`)

/** Runs, expects exactly this finding about the purchase, undoes, and expects that it is gone. */
async function expectNamed(kind: FindingKind, id: string, undo: () => Promise<unknown>): Promise<DriftFindingDto> {
  const report = await run()
  expect(kindsAbout(report, id)).toEqual([`open ${kind}`])
  await undo()
  expect(kindsAbout(await run(), id)).toEqual([])
  return about(report, id)[0]!
}

/** Changes one column of a purchase as its owner, and can put it back. */
async function tamper(purchaseId: string, column: string, value: unknown): Promise<() => Promise<unknown>> {
  const { rows } = await owner.query(`select ${column} as before from purchases where purchase_id = $1`, [purchaseId])
  const set = (to: unknown) =>
    owner.query(`update purchases set ${column} = $2 where purchase_id = $1`, [purchaseId, to])
  await set(value)
  return () => set(rows[0].before)
}

describe('a difference that a verb puts right is found, and healed when it may be', () => {
  test('a payment that nobody credited', async () => {
    const { purchaseId } = await aPaidPage()
    const found = await run()
    expect(about(found, purchaseId)).toMatchObject([
      { kind: 'payment_not_credited', state: 'open', atStripe: '10.00', inBooks: '0.00' },
    ])
    expect(found.counts.open).toBe(1)
    expect(kindsAbout(await run({ isHealing: true }), purchaseId)).toEqual(['healed payment_not_credited'])
    expect(kindsAbout(await run(), purchaseId)).toEqual([])
  })

  test('a refund made in the dashboard', async () => {
    const bought = await aPurchase()
    const { id } = await aRefund(bought, 400)
    const [finding] = about(await run(), id)
    expect(finding).toMatchObject({ kind: 'refund_not_taken', atStripe: '4.00', inBooks: '0.00', ...idsOf(bought) })
    expect(kindsAbout(await run({ isHealing: true }), id)).toEqual(['healed refund_not_taken'])
    expect(kindsAbout(await run(), bought.purchaseId)).toEqual([])
  })

  test('a refund that failed', async () => {
    const bought = await aPurchase()
    const { id } = await aRefund(bought, 400)
    await run({ isHealing: true })
    await world.control('POST', `/refunds/${id}`, { status: 'failed' })
    expect(kindsAbout(await run(), id)).toEqual(['open refund_taken_but_failed'])
    expect(kindsAbout(await run({ isHealing: true }), id)).toEqual(['healed refund_taken_but_failed'])
  })

  test('a dispute, each of its states, and what was given back', async () => {
    const bought = await aPurchase()
    const { id } = await world.control<{ id: string }>('POST', '/disputes', { payment_intent: bought.paymentIntentId })
    for (const status of [null, 'under_review', 'lost', 'appeal_needs_response', 'won']) {
      if (status) await world.control('POST', `/disputes/${id}`, { status })
      expect(kindsAbout(await run(), id)).toEqual(['open dispute_not_followed'])
      expect(kindsAbout(await run({ isHealing: true }), id)).toEqual(['healed dispute_not_followed'])
    }
    await expectStripeAndLedgerToAgree(world)
  })
})

const idsOf = ({ accountId, purchaseId, paymentIntentId }: Bought) => ({ accountId, purchaseId, paymentIntentId })

describe('a difference for a person is named', () => {
  test('credit for a payment that Stripe does not have', async () => {
    const { purchaseId } = await aPurchase()
    const undo = await tamper(purchaseId, 'payment_intent_id', 'pi_never_was')
    const report = await run()
    // Seen from Stripe it is a second payment of the purchase; seen from the purchase it is no payment at all.
    expect(kindsAbout(report, purchaseId).sort()).toEqual(['open credited_without_payment', 'open paid_twice'])
    await undo()
    expect(kindsAbout(await run(), purchaseId)).toEqual([])
  })

  test('credit without any payment', async () => {
    const { accountId, purchaseId } = await aPurchase()
    const undo = await tamper(purchaseId, 'payment_intent_id', null)
    const found = about(await run(), accountId).filter(({ kind }) => kind === 'credited_without_payment')
    expect(found).toMatchObject([{ state: 'open', atStripe: '0.00', inBooks: '10.00', purchaseId }])
    await undo()
    expect(kindsAbout(await run(), purchaseId)).toEqual([])
  })

  test('credit for a payment that was not made', async () => {
    const { accountId } = await anAccount()
    const { purchaseId } = await buyCredits(tester, { accountId, amount: '10.00', saveCard: false })
    const { id } = await atStripe('POST', 'payment_intents', {
      amount: '1000',
      currency: 'usd',
      'metadata[app]': 'purse',
      'metadata[account_id]': accountId,
      'metadata[purchase_id]': purchaseId,
    })
    await owner.query('alter table purchases drop constraint purchases_grant')
    await owner.query(
      `update purchases set state = 'paid', payment_intent_id = $2, subtotal_cents = 1000, total_cents = 1000 where purchase_id = $1`,
      [purchaseId, id],
    )
    const finding = await expectNamed('credited_without_payment', id, () =>
      owner.query(`update purchases set state = 'open', payment_intent_id = null where purchase_id = $1`, [purchaseId]),
    )
    expect(finding.sentence).toContain('requires_payment_method')
  })

  test('a purchase that took the payment of another', async () => {
    const [one, other] = [await aPurchase(), await aPurchase()]
    const undo = await tamper(one.purchaseId, 'payment_intent_id', other.paymentIntentId)
    expect(kindsAbout(await run(), one.purchaseId)).toContain('open credited_without_payment')
    await undo()
    expect(kindsAbout(await run(), one.purchaseId)).toEqual([])
  })

  test('an automatic charge that counts as succeeded and was not paid', async () => {
    const { accountId } = await anAccount()
    const [purchaseId, attemptId] = [newId(), newId()]
    const at = await now()
    await owner.query(
      `insert into purchases (account_id, purchase_id, origin, amount, currency, state, created_at)
       values ($1, $2, 'auto_top_up', 10000000000, 'usd', 'open', $3)`,
      [accountId, purchaseId, at],
    )
    await owner.query(
      `insert into auto_top_up_attempts (account_id, attempt_id, purchase_id, state, amount, currency, month,
         stripe_payment_method_id, card, facts, request, created_at, closed_at)
       values ($1, $2, $3, 'succeeded', 10000000000, 'usd', '2026-11', 'pm_1', 'pm_1', '{}', '{}', $4, $4)`,
      [accountId, attemptId, purchaseId, at],
    )
    await expectNamed('attempt_without_payment', purchaseId, () =>
      owner.query('delete from auto_top_up_attempts where attempt_id = $1', [attemptId]),
    )
  })

  test('a second payment for a purchase, until it is refunded', async () => {
    const { accountId, purchaseId } = await aPurchase()
    const { id } = await aForeignPayment({ app: 'purse', account_id: accountId, purchase_id: purchaseId })
    const finding = await expectNamed('paid_twice', id, () => atStripe('POST', 'refunds', { payment_intent: id }))
    expect(finding).toMatchObject({ atStripe: '7.00', inBooks: '0.00', accountId, purchaseId })
  })

  test.each([
    ['another total than was taken', 'total_cents', 900],
    ['another price than was credited', 'subtotal_cents', 900],
  ])('a purchase that says %s', async (_, column, value) => {
    const { purchaseId } = await aPurchase()
    await expectNamed('amount_differs', purchaseId, await tamper(purchaseId, column, value))
  })

  test('a transfer of another amount than was paid for: the account as a whole differs as well', async () => {
    const { accountId, purchaseId } = await aPurchase()
    const set = (amount: bigint) =>
      owner.query(`update transfers set amount = $2 where account_id = $1 and kind = 'purchase'`, [accountId, amount])
    await set(9_000_000_000n)
    const report = await run()
    expect(kindsAbout(report, purchaseId)).toEqual(['open amount_differs'])
    expect(kindsAbout(report, accountId)).toContain('open account_total_differs')
    expect(report.totals).toMatchObject([{ currency: 'usd' }])
    expect(report.totals[0]!.ledger.expected).not.toBe(report.totals[0]!.ledger.posted)
    await set(10_000_000_000n)
    expect(kindsAbout(await run(), accountId)).toEqual([])
  })

  test('a transfer that belongs to no payment', async () => {
    const { accountId } = await anAccount()
    await owner.query(
      `insert into transfers select account_id, seq + 1, 'purchase', 'purchase:' || gen_random_uuid(), 'payments', 'credit', amount,
              currency, balance_after, posted_at, hash from transfers where account_id = $1`,
      [accountId],
    )
    const finding = await expectNamed('account_total_differs', accountId, () =>
      owner.query(`delete from transfers where account_id = $1 and kind = 'purchase'`, [accountId]),
    )
    expect(finding).toMatchObject({ atStripe: '0.00', inBooks: '1.00' })
  })

  test('a payment without its transfer', async () => {
    const { accountId, purchaseId } = await aPurchase()
    const move = (from: string, to: string) =>
      owner.query('update transfers set kind = $3 where account_id = $1 and kind = $2', [accountId, from, to])
    await owner.query('alter table transfers drop constraint transfers_kind')
    await move('purchase', 'hidden')
    expect(kindsAbout(await run(), purchaseId)).toEqual(['open payment_not_credited'])
    await move('hidden', 'purchase')
  })

  test('another currency, another mode', async () => {
    const { purchaseId } = await aPurchase()
    await expectNamed('currency_differs', purchaseId, await tamper(purchaseId, 'currency', 'eur'))
    await expectNamed('mode_differs', purchaseId, await tamper(purchaseId, 'livemode', true))
  })

  test("a payment of another account's customer, and one that names another account", async () => {
    const [one, other] = [await aPurchase(), await aPurchase()]
    const swap = () =>
      owner.query(
        `update accounts a set stripe_customer_id = b.stripe_customer_id from accounts b
          where (a.account_id, b.account_id) in (($1, $2), ($2, $1))`,
        [one.accountId, other.accountId],
      )
    await swap()
    expect(kindsAbout(await run(), one.purchaseId)).toEqual(['open wrong_account'])
    await swap()
    const { accountId } = await anAccount()
    const { id } = await aForeignPayment({ app: 'purse', account_id: accountId, purchase_id: one.purchaseId })
    expect(kindsAbout(await run(), id)).toEqual(['open wrong_account'])
    await atStripe('POST', 'refunds', { payment_intent: id })
  })

  test('a payment for a purchase that our books do not have, and one of another program', async () => {
    const before = (await run()).counts.foreign
    const { id } = await aForeignPayment({ app: 'purse', account_id: newId(), purchase_id: newId() })
    const { id: foreign } = await aForeignPayment({ app: 'another' })
    const report = await run()
    expect(about(report, id)).toMatchObject([{ kind: 'unknown_purchase', atStripe: '7.00', inBooks: null }])
    expect(kindsAbout(report, foreign)).toEqual([])
    expect(report.counts.foreign).toBe(before + 1)
  })

  test('a payment that was put aside is known, until it is refunded', async () => {
    const page = await aPaidPage()
    await owner.query('update purchases set amount = amount + 10000000 where purchase_id = $1', [page.purchaseId])
    await settlePurchase(tester, page)
    const report = await run()
    expect(about(report, page.purchaseId)).toMatchObject([
      { kind: 'payment_put_aside', state: 'known', atStripe: '10.00' },
    ])
    const { paymentIntentId } = about(report, page.purchaseId)[0]!
    await atStripe('POST', 'refunds', { payment_intent: paymentIntentId! })
    expect(kindsAbout(await run(), page.purchaseId)).toEqual([])
  })

  test('a dispute that Stripe does not have, and credit frozen for nothing', async () => {
    const bought = await aPurchase()
    const { id } = await world.control<{ id: string }>('POST', '/disputes', { payment_intent: bought.paymentIntentId })
    await run({ isHealing: true })
    const rename = (from: string, to: string) =>
      owner.query('update disputes set stripe_dispute_id = $2 where stripe_dispute_id = $1', [from, to])
    await rename(id, 'du_other')
    expect(kindsAbout(await run(), bought.purchaseId)).toEqual([
      'open dispute_not_followed',
      'open dispute_not_followed',
    ])
    await rename('du_other', id)
    await world.control('POST', `/disputes/${id}`, { status: 'won' })
    await owner.query(`update disputes set status = 'won', withdrawn_cents = 0 where stripe_dispute_id = $1`, [id])
    const [finding] = about(await run(), bought.purchaseId)
    expect(finding).toMatchObject({ kind: 'dispute_not_followed', atStripe: '0.00', inBooks: '10.00' })
    await owner.query(`update disputes set status = 'under_review' where stripe_dispute_id = $1`, [id])
    await run({ isHealing: true })
    expect(kindsAbout(await run(), bought.purchaseId)).toEqual([])
  })

  test('credit taken for a refund that is not the amount refunded', async () => {
    const bought = await aPurchase()
    const { id } = await aRefund(bought, 300)
    await run({ isHealing: true })
    const set = (cents: number) =>
      owner.query('update refunds set amount_cents = $2 where stripe_refund_id = $1', [id, cents])
    await set(200)
    expect(kindsAbout(await run(), id)).toEqual(['open amount_differs'])
    await set(300)
    const setTaken = (amount: bigint) =>
      owner.query(`update transfers set amount = $2 where account_id = $1 and kind = 'refund'`, [
        bought.accountId,
        amount,
      ])
    for (const [amount, kind] of [
      [2_000_000_000n, 'refund_not_taken'],
      [4_000_000_000n, 'refund_taken_but_failed'],
    ] as const) {
      await setTaken(amount)
      expect(kindsAbout(await run(), bought.purchaseId)).toEqual([`open ${kind}`])
    }
    await setTaken(3_000_000_000n)
    expect(kindsAbout(await run(), bought.purchaseId)).toEqual([])
  })

  test('a charge that never reached the balance', async () => {
    const page = await aPaidPage()
    // Stripe's clock goes back, so that the charge is not booked for an hour; by ours it is two hours old.
    await world.control('POST', '/clock', { advance_seconds: -3600 })
    await settlePurchase(tester, page)
    const before = await now()
    await moveClock(new Date(before.getTime() + 2 * 3600_000))
    const kinds = kindsAbout(await run(), page.purchaseId)
    await moveClock(before)
    await world.control('POST', '/clock', { advance_seconds: 3600 })
    expect(kinds).toEqual(['open balance_transaction_missing'])
  })

  test('a movement of the balance that is not what its charge says, and money of the other mode', async () => {
    const { paymentIntentId } = await aPurchase()
    await passTime(world, 10_000)
    await changedOnTheWay('/v1/balance_transactions', { amount: 999 }, async () => {
      await expect
        .poll(async () => kindsAbout(await run(), paymentIntentId), { timeout: 10_000 })
        .toEqual(['open balance_transaction_differs'])
    })
    expect(kindsAbout(await run(), paymentIntentId)).toEqual([])
    await changedOnTheWay('/v1/payment_intents', { livemode: true }, async () => {
      expect(kindsAbout(await run(), paymentIntentId)).toContain('open mode_differs')
    })
    expect(kindsAbout(await run(), paymentIntentId)).toEqual([])
  })
})

/** While `work` runs, the newest object of a list, and what is read by id below it, answers with `changes` in it. */
async function changedOnTheWay(path: string, changes: object, work: () => Promise<void>): Promise<void> {
  const server = http.createServer(async (request, response) => {
    const answer = await fetch(`${world.sandboxUrl}${request.url}`, {
      headers: { authorization: String(request.headers.authorization) },
    })
    const body = (await answer.json()) as { data?: object[] }
    if (request.url?.startsWith(path)) Object.assign(body.data?.[0] ?? body, changes)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const before = process.env.STRIPE_API_PORT!
  process.env.STRIPE_API_PORT = String((server.address() as AddressInfo).port)
  resetEnv()
  try {
    await work()
  } finally {
    process.env.STRIPE_API_PORT = before
    resetEnv()
    server.closeAllConnections()
    server.close()
  }
}

describe('a run', () => {
  test('of some days finds what moved in them of an older payment, and forgets nothing that is open', async () => {
    const bought = await aPurchase()
    await passTime(world, 10 * 24 * 3600_000)
    const since = new Date((await now()).getTime() - 3 * 24 * 3600_000)
    const { id } = await aRefund(bought, 100)
    expect(kindsAbout(await run({ since }), id)).toEqual(['open refund_not_taken'])
    await passTime(world, 10 * 24 * 3600_000)
    const later = await run({ since: await now() })
    expect(kindsAbout(later, id)).toEqual(['open refund_not_taken'])
    const open = await query('select report_id from drift_findings where object_id = $1 and resolved_at is null', [id])
    expect(open).toEqual([{ report_id: later.reportId }])
    expect(kindsAbout(await run({ since: await now(), isHealing: true }), id)).toEqual(['healed refund_not_taken'])
    expect(await query('select 1 from drift_findings where object_id = $1 and resolved_at is null', [id])).toEqual([])
  })

  test('takes no work under way for a difference', async () => {
    const page = await aPaidPage()
    const running = run({ looks: 20, pauseMs: 200 })
    setTimeout(() => void settlePurchase(tester, page), 1_000)
    expect(kindsAbout(await running, page.purchaseId)).toEqual([])
  })

  test('that cannot ask Stripe says so, and concludes nothing', async () => {
    const { id } = await aRefund(await aPurchase(), 100)
    await run()
    await world.fail('http_500', { method: 'GET', path_prefix: '/v1/refunds' })
    await expect(run()).rejects.toMatchObject({ code: 'payment_provider_unavailable' })
    await world.heal()
    const [failed] = await query(`select state, failure from drift_reports order by started_at desc limit 1`)
    expect(failed).toMatchObject({ state: 'failed', failure: expect.stringContaining('Stripe') })
    expect(await query('select 1 from drift_findings where object_id = $1 and resolved_at is null', [id])).toHaveLength(
      1,
    )
    await run({ isHealing: true })
  }, 60_000)

  test('keeps nothing of its own memory', async () => {
    await run()
    expect(await query('select 1 from drift_payments')).toEqual([])
  })
})

describe('operators', () => {
  async function anOperator(role: 'support' | 'finance'): Promise<Actor> {
    const { userId } = await anAccount()
    await makeOperator(tester, { userId, role })
    return { kind: 'user', userId }
  }

  test('start a run, which the worker makes and mails when something is open', async () => {
    const { id } = await aRefund(await aPurchase(), 100)
    const finance = await anOperator('finance')
    const { purchaseId } = await aPurchase()
    const undo = await tamper(purchaseId, 'total_cents', 1)
    const { reportId } = await startReconciliation(finance, { since: '2020-01-01' })
    expect((await listDriftReports(finance)).reports[0]).toMatchObject({ reportId, state: 'waiting' })
    await drainJobs(world)
    const report = await readDriftReport(finance, { reportId })
    expect(report).toMatchObject({ state: 'finished', since: '2020-01-01T00:00:00.000Z', failure: null })
    expect(kindsAbout(report, purchaseId)).toEqual(['open amount_differs'])
    expect(kindsAbout(report, id)).toEqual(['healed refund_not_taken'])
    const mails = await query<{ subject: string }>(
      `select subject from mailbox_messages where subject like 'Stripe and the books%'`,
    )
    expect(mails.length).toBeGreaterThan(0)
    await undo()
  }, 60_000)

  test('are asked for a day that is one, and support may only look', async () => {
    const support = await anOperator('support')
    await expect(startReconciliation(tester, { since: 'yesterday' })).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(startReconciliation(tester, { since: '2999-01-01' })).rejects.toMatchObject({
      code: 'invalid_request',
      facts: { field: 'since' },
    })
    await expect(startReconciliation(support, {})).rejects.toMatchObject({ code: 'not_allowed' })
    expect((await listDriftReports(support)).reports.length).toBeGreaterThan(0)
    const { userId } = await anAccount()
    await expect(listDriftReports({ kind: 'user', userId })).rejects.toMatchObject({ code: 'not_found' })
    await expect(readDriftReport(support, { reportId: newId() })).rejects.toMatchObject({ code: 'not_found' })
  })
})

test('a customer who buys again and again agrees', async () => {
  const { accountId, userId } = await anAccount()
  const actor = { kind: 'user' as const, userId }
  for (const amount of ['10.00', '25.50']) await buyByHand(world, { accountId, actor }, { amount, saveCard: true })
  expect((await differences()).filter((difference) => difference.includes(accountId))).toEqual([])
})
