import { beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { cents } from '@/lib/core/money'
import { query } from '@/lib/edges/db'
import { anAccount, aPaidPurchase, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { aPostPaidCustomer, standingOf } from '@/lib/testing/post-paid'
import { messagesOf, startProcesses } from '@/lib/testing/processes'
import { use } from '@/lib/testing/top-ups'
import { getAutoTopUp, runAutoTopUp, saveAutoTopUp, sweepAutoTopUps } from '../auto-top-up'
import { authorize, getGateBalance, openLease, release, settle, settleLease } from '../gate'
import { makeOperator } from '../members'
import {
  changeContract,
  decidePostPaidRequest,
  endContract,
  getBillingMode,
  listContracts,
  listOpenPostPaidRequests,
  requestPostPaid,
  startContract,
  withdrawPostPaidRequest,
} from '.'

const database = aDatabaseInTest()
let finance: Actor
let support: Actor

beforeAll(async () => {
  await publishTestPrices()
  finance = await anOperator('finance')
  support = await anOperator('support')
})

async function anOperator(role: 'finance' | 'support'): Promise<Actor> {
  const { userId } = await anAccount()
  await makeOperator(tester, { userId, role })
  return { kind: 'user', userId }
}

const terms = { creditLimit: '100', paymentTermsDays: 30, collection: 'send_invoice' } as const

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error) => (error instanceof Refusal ? `${error.code} ${error.facts.field ?? ''}`.trim() : Promise.reject(error)),
  )

const hold = (accountId: string, dollars: number) =>
  authorize(tester, {
    accountId,
    idempotencyKey: newId(),
    size: { maxCost: cents(dollars * 100), model: 'gpt-oss-20b' },
    holdSeconds: 600,
  })

describe('the gate of a post-paid account', () => {
  const promised = async (accountId: string): Promise<bigint> => {
    const [row] = await query<{ left: bigint }>(
      'select balance - held as left from account_balances where account_id = $1',
      [accountId],
    )
    return row!.left
  }

  test('64 requests at once never pass the credit limit', async () => {
    const { accountId } = await aPostPaidCustomer({ creditLimit: '40' })
    const outcomes = await Promise.all(Array.from({ length: 64 }, () => codeOf(hold(accountId, 1))))
    // $1.00 of credit and $40 of the contract.
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(41)
    expect(new Set(outcomes)).toEqual(new Set(['done', 'credits_held']))
    expect(await promised(accountId)).toBe(-40_000_000_000n)
    await expectBooksToAgree()
  })

  test('four processes that hold, extend, lease and settle until nothing is left never pass it either', async () => {
    const { accountId } = await aPostPaidCustomer({ creditLimit: '2' })
    const spenders = startProcesses(4, 'lib/testing/workers/spender.ts', [], {
      DATABASE_URL: database.url,
      ACCOUNT_IDS: accountId,
      ROUNDS: '300',
      SEED: '7',
    })
    const said = (await messagesOf(spenders)) as { refusals: Record<string, number> }[]
    expect(said.some(({ refusals }) => (refusals.credits_exhausted ?? 0) > 0)).toBe(true)
    expect(await promised(accountId)).toBeGreaterThanOrEqual(-2_000_000_000n)
    expect(await promised(accountId)).toBeLessThan(-1_900_000_000n)
    const beyond = await query('select 1 from usage_events where account_id = $1 and beyond_amount is not null', [
      accountId,
    ])
    expect(beyond).toEqual([])
    await expectBooksToAgree()
  }, 120_000)

  test('credit is used first, then the credit limit; the refusal names it', async () => {
    const { accountId } = await aPostPaidCustomer({ creditLimit: '10' })
    await use(accountId, 8)
    expect(await standingOf(accountId)).toMatchObject({ balance: -700 })
    expect(await getGateBalance(tester, { accountId })).toMatchObject({
      available: '-7.00000005',
      credit_limit: '10.00',
    })
    await expect(hold(accountId, 4)).rejects.toMatchObject({
      code: 'credits_exhausted',
      message: expect.stringContaining('credit limit of $10.00'),
      facts: { credit_limit: '10.00', max_affordable: expect.stringMatching(/^2\.99/) },
    })
    const { hold: held } = await hold(accountId, 2)
    await expect(hold(accountId, 2)).rejects.toMatchObject({ code: 'credits_held' })
    await settle(tester, {
      accountId,
      holdId: held.holdId,
      settlement: { model: null, inputTokens: 1_000_000n, cachedInputTokens: 0n, outputTokens: 0n },
    })
    expect(await standingOf(accountId)).toMatchObject({ balance: -707 })
    await expectBooksToAgree()
  })

  test('a lease stands on the credit limit as well', async () => {
    const { accountId } = await aPostPaidCustomer({ creditLimit: '10' })
    const lease = { accountId, idempotencyKey: newId(), leaseSeconds: 600 }
    await expect(openLease(tester, { ...lease, amount: cents(1101) })).rejects.toMatchObject({
      code: 'credits_exhausted',
    })
    const { lease: open } = await openLease(tester, { ...lease, amount: cents(1100) })
    const event = { model: 'gpt-oss-20b', inputTokens: 100_000_000n, cachedInputTokens: 0n, outputTokens: 0n }
    await settleLease(tester, {
      accountId,
      leaseId: open.holdId,
      events: [{ ...event, eventId: newId(), occurredAt: null }],
      refillTo: null,
      leaseSeconds: null,
    })
    expect(await standingOf(accountId)).toMatchObject({ balance: -600 })
    await expectBooksToAgree()
  })

  test('without a card it has the request rate of an account with means', async () => {
    const { accountId } = await aPostPaidCustomer()
    await query('update accounts set requests_per_minute = null where account_id = $1', [accountId])
    await use(accountId, 5)
    const { rate, hold: held } = await hold(accountId, 1)
    expect(rate.limit).toBe(6000)
    await release(tester, { accountId, holdId: held.holdId })
  })

  test('credit that comes pays the debt first', async () => {
    const { accountId } = await aPostPaidCustomer()
    await use(accountId, 76)
    await aPaidPurchase(accountId, cents(5000))
    expect(await standingOf(accountId)).toMatchObject({ balance: -2500 })
    await aPaidPurchase(accountId, cents(5000))
    expect(await standingOf(accountId)).toMatchObject({ balance: 2499 })
    await expectBooksToAgree()
  })
})

describe('a contract', () => {
  test('is made by finance, moves the account to post-paid and back, and loses nothing', async () => {
    const { accountId } = await anAccount({ bought: '20' })
    expect(await getBillingMode(tester, { accountId })).toMatchObject({
      mode: 'prepaid',
      creditLimit: null,
      contract: null,
    })
    const started = await startContract(finance, { accountId, ...terms, poNumber: 'PO 1', note: 'signed by mail' })
    expect(started).toMatchObject({ creditLimit: '100.00', poNumber: 'PO 1', note: 'signed by mail', endedAt: null })
    expect(await getBillingMode(tester, { accountId })).toMatchObject({
      mode: 'postpaid',
      credit: '21.00',
      outstanding: '0.00',
      creditLimit: '100.00',
      leftOfCreditLimit: '100.00',
      contract: { poNumber: 'PO 1' },
    })
    expect(await changeContract(finance, { accountId, ...terms, creditLimit: '250' })).toMatchObject({
      creditLimit: '250.00',
    })
    expect(await standingOf(accountId)).toMatchObject({ balance: 2100, mode: 'postpaid' })
    expect(await endContract(finance, { accountId })).toMatchObject({ endedAt: expect.any(String) })
    expect(await standingOf(accountId)).toMatchObject({ balance: 2100, mode: 'prepaid' })
    expect(await codeOf(endContract(finance, { accountId }))).toBe('not_found')
    const actions = await query<{ action: string }>(
      `select action from audit_entries where account_id = $1 and action like 'contract%' order by at, entry_id`,
      [accountId],
    )
    expect(actions.map(({ action }) => action)).toEqual(['contract.started', 'contract.changed', 'contract.ended'])
    const told = await query<{ mode: string }>(
      `select facts->>'mode' as mode from notifications where account_id = $1 and kind = 'billing_mode_changed' order by created_at, notification_id`,
      [accountId],
    )
    expect(told.map(({ mode }) => mode)).toEqual(['postpaid', 'postpaid', 'prepaid'])
    expect(await listContracts(support, { accountId })).toHaveLength(1)
    await expectBooksToAgree()
  })

  test.each([
    ['invalid_amount creditLimit', { creditLimit: '0' }],
    ['invalid_amount creditLimit', { creditLimit: '-5' }],
    ['invalid_amount creditLimit', { creditLimit: '10.001' }],
    ['amount_too_large creditLimit', { creditLimit: '1000000' }],
    ['invalid_request paymentTermsDays', { paymentTermsDays: 2.5 }],
    ['invalid_request paymentTermsDays', { paymentTermsDays: -1 }],
    ['invalid_request paymentTermsDays', { paymentTermsDays: 366 }],
    ['invalid_request poNumber', { poNumber: 'x'.repeat(31) }],
    ['invalid_request poNumber', { poNumber: 'PO\u202e1' }],
    ['no_payment_method collection', { collection: 'charge_automatically' as const }],
  ])('%s', async (expected, changes) => {
    const { accountId } = await anAccount()
    expect(await codeOf(startContract(finance, { accountId, ...terms, ...changes }))).toBe(expected)
    expect(await standingOf(accountId)).toMatchObject({ mode: 'prepaid' })
  })

  test('is for operators with the role finance or admin, of accounts that exist, one at a time', async () => {
    const { accountId, userId } = await anAccount()
    expect(await codeOf(startContract(support, { accountId, ...terms }))).toBe('not_allowed')
    expect(await codeOf(startContract({ kind: 'user', userId }, { accountId, ...terms }))).toBe('not_found')
    expect(await codeOf(startContract(finance, { accountId: newId(), ...terms }))).toBe('not_found')
    expect(await codeOf(startContract(finance, { accountId: 'nobody', ...terms }))).toBe('not_found')
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => codeOf(startContract(finance, { accountId, ...terms }))),
    )
    expect(outcomes.sort()).toEqual(['conflict', 'conflict', 'conflict', 'conflict', 'done'])
  })

  test('has no credit limit below what is outstanding and held', async () => {
    const { accountId } = await aPostPaidCustomer({ creditLimit: '100' })
    await use(accountId, 31)
    await hold(accountId, 20)
    expect(await codeOf(changeContract(finance, { accountId, ...terms, creditLimit: '50' }))).toBe(
      'conflict creditLimit',
    )
    expect(await codeOf(changeContract(finance, { accountId, ...terms, creditLimit: '51' }))).toBe('done')
    await endContract(finance, { accountId })
    expect(await codeOf(startContract(finance, { accountId, ...terms, creditLimit: '50' }))).toBe(
      'conflict creditLimit',
    )
    await expectBooksToAgree()
  })
})

describe('auto top-up of a post-paid account', () => {
  test('rests, says so, and keeps its settings for later', async () => {
    const { accountId } = await anAccount({ hasPaymentMethod: true })
    const plan = {
      isOn: true,
      minimum: '5.00',
      mode: 'amount',
      amount: '10.00',
      target: '50.00',
      monthlyLimit: null,
    } as const
    await startContract(finance, { accountId, ...terms })
    await saveAutoTopUp(tester, { accountId, ...plan })
    await use(accountId, 20)
    await sweepAutoTopUps(tester)
    expect(await runAutoTopUp(tester, { accountId })).toEqual({ kind: 'skipped', because: 'post_paid' })
    expect(await getAutoTopUp(tester, { accountId })).toMatchObject({
      waitingText: expect.stringContaining('post-paid'),
      attempts: [],
    })
    expect((await getBillingMode(tester, { accountId })).isAutoTopUpResting).toBe(true)
    await endContract(finance, { accountId })
    expect(await runAutoTopUp(tester, { accountId })).toEqual({ kind: 'skipped', because: 'debt_invoiced' })
    await expectBooksToAgree()
  })
})

describe('a request for post-paid', () => {
  const ask = { expectedMonthly: '500', note: 'We run evaluations for our own customers.' }

  test('is asked once, shown to operators, withdrawn or decided once', async () => {
    const { accountId, userId } = await anAccount()
    const owner: Actor = { kind: 'user', userId }
    const { requestId } = await requestPostPaid(owner, { accountId, ...ask })
    expect(await codeOf(requestPostPaid(owner, { accountId, ...ask }))).toBe('conflict')
    expect(await listOpenPostPaidRequests(support)).toContainEqual(expect.objectContaining({ accountId, requestId }))
    expect(await withdrawPostPaidRequest(owner, { accountId, requestId })).toMatchObject({ state: 'withdrawn' })
    expect(await codeOf(decidePostPaidRequest(finance, { accountId, requestId, decision: 'decline' }))).toBe('conflict')

    const second = await requestPostPaid(owner, { accountId, ...ask })
    const declined = { accountId, requestId: second.requestId, decision: 'decline', note: 'Not yet.' } as const
    expect(await codeOf(decidePostPaidRequest(support, declined))).toBe('not_allowed')
    expect(await decidePostPaidRequest(finance, declined)).toMatchObject({
      state: 'declined',
      decisionNote: 'Not yet.',
    })
    const told = await query(`select facts from notifications where account_id = $1 and kind = 'postpaid_declined'`, [
      accountId,
    ])
    expect(told).toMatchObject([{ facts: { toUserId: userId, note: 'Not yet.' } }])

    const third = await requestPostPaid(owner, { accountId, ...ask })
    await startContract(finance, { accountId, ...terms })
    expect((await getBillingMode(owner, { accountId })).request).toMatchObject({
      requestId: third.requestId,
      state: 'approved',
    })
    expect(await codeOf(requestPostPaid(owner, { accountId, ...ask }))).toBe('conflict')
  })

  test.each([
    ['invalid_amount expectedMonthly', { expectedMonthly: '0' }],
    ['invalid_amount expectedMonthly', { expectedMonthly: 'much' }],
    ['invalid_request note', { note: '   ' }],
    ['invalid_request note', { note: 'x'.repeat(501) }],
  ])('%s', async (expected, changes) => {
    const { accountId, userId } = await anAccount()
    expect(await codeOf(requestPostPaid({ kind: 'user', userId }, { accountId, ...ask, ...changes }))).toBe(expected)
  })
})
