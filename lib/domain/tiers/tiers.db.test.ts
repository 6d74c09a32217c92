import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { parseMoney } from '@/lib/core/money'
import { pool, query } from '@/lib/edges/db'
import { anAccount, aPaidPurchase, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { use } from '@/lib/testing/top-ups'
import { getBillingProfile, saveBillingProfile, signUp } from '../accounts'
import { startContract } from '../contracts'
import { recordUsage } from '../gate'
import { addMember, makeOperator } from '../members'
import {
  askOperatorForMore,
  decideLimitRequest,
  forgetLimits,
  getAccountLimits,
  getLimits,
  limitBook,
  listOpenLimitRequests,
  setHouseLimits,
  setLimits,
  sweepTiers,
  tellLimitRequest,
  withdrawLimitRequest,
  writtenHouseLimits,
} from '.'
import { usualHouseLimits } from './rules'

aDatabaseInTest({ mode: 'demo' })

beforeAll(async () => {
  forgetLimits()
  await publishTestPrices()
})

afterAll(async () => {
  await expectBooksToAgree()
})

const refusal = (code: string, facts: object = {}) =>
  expect.objectContaining({ code, facts: expect.objectContaining(facts) })
const user = (userId: string): Actor => ({ kind: 'user', userId })
const tierOf = async (accountId: string) => (await getLimits(tester, { accountId })).tier
const reached = (accountId: string) =>
  query<{ tier: number; because: string }>(
    'select tier, because from account_tiers where account_id = $1 order by tier',
    [accountId],
  )

describe('a tier', () => {
  test('is reached with the purchase that brings it, and the ladder says what comes next', async () => {
    const { accountId } = await anAccount({ bought: '49.99' })
    expect(await getLimits(tester, { accountId })).toMatchObject({
      tier: 0,
      measured: '49.99',
      next: { tier: 2, missing: '0.01' },
    })
    await aPaidPurchase(accountId, parseMoney('5'))
    expect(await getLimits(tester, { accountId })).toMatchObject({
      tier: 2,
      added: '54.99',
      next: { tier: 3, missing: '445.01' },
    })
    await aPaidPurchase(accountId, parseMoney('4950'))
    expect(await tierOf(accountId)).toBe(4)
    expect(await reached(accountId)).toEqual([
      { tier: 2, because: 'added' },
      { tier: 4, because: 'added' },
    ])
  })

  test('counts what was paid, not what a promotion code gave', async () => {
    const { accountId } = await anAccount()
    await aPaidPurchase(accountId, parseMoney('60'), { discount: parseMoney('20') })
    expect(await getLimits(tester, { accountId })).toMatchObject({ tier: 0, added: '40.00' })
  })

  test('is the first one with a payment method and a billing profile, whichever comes last', async () => {
    const { accountId, userId } = await anAccount({ hasPaymentMethod: true })
    expect(await tierOf(accountId)).toBe(0)
    const { timeZone, ...profile } = await getBillingProfile(user(userId), { accountId })
    await saveBillingProfile(user(userId), {
      accountId,
      accountName: profile.accountName,
      billingName: 'Ada Lovelace',
      billingEmail: 'ada@example.com',
      addressLine1: '1 Main Street',
      addressLine2: '',
      addressCity: 'Springfield',
      addressState: 'IL',
      addressPostalCode: '62701',
      addressCountry: 'US',
      taxIdType: null,
      taxIdValue: null,
      timeZone,
    })
    expect(await tierOf(accountId)).toBe(1)
    expect(await reached(accountId)).toEqual([{ tier: 1, because: 'means' }])
  })

  test('never falls, also when the ladder is raised', async () => {
    const { accountId } = await anAccount({ bought: '50' })
    const house = writtenHouseLimits(usualHouseLimits)
    await setHouseLimits(tester, { limits: { ...house, from: { 2: '100.00', 3: '500.00', 4: '5000.00' } } })
    await sweepTiers(tester)
    expect(await tierOf(accountId)).toBe(2)
    const other = await anAccount({ bought: '50' })
    expect(await tierOf(other.accountId)).toBe(0)
    await setHouseLimits(tester, { limits: null })
    await aPaidPurchase(other.accountId, parseMoney('5'))
    expect(await tierOf(other.accountId)).toBe(2)
  })

  test('is reached by usage alone, noted by the sweep, once', async () => {
    const { accountId } = await anAccount({ bought: '10' })
    const event = { eventId: newId(), model: 'kimi-k2p7-code', occurredAt: null }
    const tokens = { inputTokens: 60_000_000n, cachedInputTokens: 0n, outputTokens: 0n }
    await recordUsage(tester, { accountId, events: [{ ...event, ...tokens }], beyondCredit: 'record' })
    expect(await tierOf(accountId)).toBe(0)
    expect((await sweepTiers(tester)).risen).toBeGreaterThanOrEqual(1)
    expect(await sweepTiers(tester)).toEqual({ risen: 0 })
    expect(await reached(accountId)).toEqual([{ tier: 2, because: 'used' }])
  })

  test('rises once when many purchases are paid at once', async () => {
    const { accountId } = await anAccount()
    await Promise.all(Array.from({ length: 8 }, () => aPaidPurchase(accountId, parseMoney('25'))))
    expect(await reached(accountId)).toEqual([{ tier: 2, because: 'added' }])
    const entries = await query(`select from audit_entries where account_id = $1 and action = 'tier.reached'`, [
      accountId,
    ])
    expect(entries).toHaveLength(1)
  })

  test('is unlimited by an operator alone, and afterwards the one that was reached', async () => {
    const { accountId, userId } = await anAccount({ bought: '50' })
    await expect(setLimits(user(userId), { accountId, isUnlimited: true })).rejects.toEqual(refusal('not_found'))
    const operator = await signUp(tester, { email: `${newId()}@example.com` })
    await makeOperator(tester, { userId: operator.userId, role: 'support' })
    await expect(setLimits(user(operator.userId), { accountId, isUnlimited: true })).rejects.toEqual(
      refusal('not_allowed'),
    )
    await makeOperator(tester, { userId: operator.userId, role: 'admin' })
    await setLimits(user(operator.userId), { accountId, isUnlimited: true })
    expect(await tierOf(accountId)).toBe('unlimited')
    await setLimits(user(operator.userId), { accountId, isUnlimited: false })
    expect(await tierOf(accountId)).toBe(2)
    const entries = await query(`select actor from audit_entries where account_id = $1 and action = 'tier.unlimited'`, [
      accountId,
    ])
    expect(entries).toEqual([{ actor: `user:${operator.userId}` }, { actor: `user:${operator.userId}` }])
  })
})

test('a contract stands in for a payment method and credit', async () => {
  const { accountId } = await anAccount()
  await setLimits(tester, { accountId, requestsPerMinute: null })
  expect((await getLimits(tester, { accountId })).requests.limit).toBe(10)
  await startContract(tester, { accountId, creditLimit: '50.00', paymentTermsDays: 30, collection: 'send_invoice' })
  await use(accountId, 21)
  expect((await getLimits(tester, { accountId })).requests).toMatchObject({ limit: 6000, isPostPaid: true })
  expect(await getAccountLimits(tester, { accountId })).toMatchObject({ balance: '-20.00', requests: { limit: 6000 } })
})

describe("the house's limits", () => {
  test('hold from the next look on, and each version is kept with who made it', async () => {
    const house = writtenHouseLimits(usualHouseLimits)
    const start = { prompt: 3_000_000, uncached: 800_000, generated: 30_000 }
    await setHouseLimits(tester, { limits: { ...house, tokens: { ...house.tokens, start } } })
    expect((await limitBook()).house.tokens.start).toEqual(start)
    await setHouseLimits(tester, { limits: null })
    const versions = await query<{ changed_by: string; start: number }>(
      `select changed_by, (value #>> '{tokens,start,prompt}')::int as start from house_settings order by version desc limit 2`,
    )
    expect(versions).toEqual([
      { changed_by: 'system:test', start: 3_600_000 },
      { changed_by: 'system:test', start: 3_000_000 },
    ])
  })

  test.each([
    ['a floor above the start', { floor: { prompt: 3_600_001, uncached: 1, generated: 1 } }, 'tokens'],
    ['a limit of nothing', { floor: { prompt: 0, uncached: 1, generated: 1 } }, 'tokens.floor.prompt'],
    ['a limit with a fraction', { start: { prompt: 1.5, uncached: 1, generated: 1 } }, 'tokens.start.prompt'],
  ])('are refused with %s', async (_what, tokens, field) => {
    const house = writtenHouseLimits(usualHouseLimits)
    const limits = { ...house, tokens: { ...house.tokens, ...tokens } }
    await expect(setHouseLimits(tester, { limits })).rejects.toEqual(refusal('invalid_request', { field }))
  })

  test('are not for people', async () => {
    const { userId } = await anAccount()
    await expect(setHouseLimits(user(userId), { limits: null })).rejects.toEqual(refusal('not_allowed'))
  })
})

test("an account's own token limits are refused unless they are whole numbers from 1", async () => {
  const { accountId } = await anAccount()
  const set = (prompt: number) => setLimits(tester, { accountId, tokens: { prompt, uncached: 1, generated: 1 } })
  await expect(set(0)).rejects.toEqual(refusal('invalid_request', { field: 'prompt' }))
  await expect(set(0.5)).rejects.toEqual(refusal('invalid_request', { field: 'prompt' }))
  await set(5)
  expect((await getLimits(tester, { accountId })).hasOwnTokens).toBe(true)
  await setLimits(tester, { accountId, tokens: null })
  expect((await getLimits(tester, { accountId })).hasOwnTokens).toBe(false)
})

describe('a request for more', () => {
  const ask = (accountId: string, userId: string, reason = 'A launch on Monday') =>
    askOperatorForMore(user(userId), { accountId, kind: 'tokens', model: 'kimi-k2p7-code', reason })

  test('is told to the operators by mail, decided once, and its state is shown', async () => {
    const staff = await signUp(tester, { email: `${newId()}@example.com` })
    await makeOperator(tester, { userId: staff.userId, role: 'admin' })
    const { accountId, userId } = await anAccount()
    const { requestId, state } = await ask(accountId, userId)
    expect(state).toBe('open')
    await expect(ask(accountId, userId)).rejects.toEqual(refusal('conflict'))
    await tellLimitRequest(tester, { accountId, requestId })
    const mails = await query<{ text: string }>(
      `select text from mailbox_messages where subject like '%asks for more tokens a minute' and text like $1`,
      [`%${requestId}%`],
    )
    expect(mails.length).toBeGreaterThanOrEqual(1)
    expect(mails[0]?.text).toContain('A launch on Monday')
    expect((await listOpenLimitRequests(tester)).map((request) => request.requestId)).toContain(requestId)

    const decide = (decision: 'grant' | 'decline') =>
      decideLimitRequest(user(staff.userId), { accountId, limitRequestId: requestId, decision, note: 'From Sunday on' })
    const decisions = await Promise.allSettled([decide('grant'), decide('decline')])
    expect(decisions.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const [asked] = (await getLimits(user(userId), { accountId })).asked
    expect(asked).toMatchObject({ requestId, note: 'From Sunday on', model: 'kimi-k2p7-code' })
    expect(['granted', 'declined']).toContain(asked?.state)
    expect((await ask(accountId, userId)).state).toBe('open')
  })

  test('is granted with the limits in one step, and the member who asked is told', async () => {
    const { accountId, userId } = await anAccount()
    const { requestId: limitRequestId } = await ask(accountId, userId)
    const tokens = { prompt: 9_000_000, uncached: 900_000, generated: 90_000 }
    const grant = (limits: object) =>
      decideLimitRequest(tester, { accountId, limitRequestId, decision: 'grant', limits: { ...limits } })
    await expect(grant({ tokens: { ...tokens, generated: 0 } })).rejects.toEqual(
      refusal('invalid_request', { field: 'generated' }),
    )
    await expect(grant({ requestsPerMinute: 0 })).rejects.toEqual(
      refusal('invalid_request', { field: 'requestsPerMinute' }),
    )
    expect((await getLimits(tester, { accountId })).asked[0]).toMatchObject({ state: 'open' })
    expect(await grant({ tokens, requestsPerMinute: 12_000 })).toMatchObject({ state: 'granted' })
    expect(await getLimits(tester, { accountId })).toMatchObject({
      hasOwnTokens: true,
      requests: { limit: 12_000, isOwn: true },
    })
    const told = await query<{ facts: object }>(
      `select facts from notifications where account_id = $1 and kind = 'limit_more_decided'`,
      [accountId],
    )
    expect(told).toEqual([
      {
        facts: {
          toUserId: userId,
          asked: 'tokens',
          model: 'kimi-k2p7-code',
          state: 'granted',
          note: null,
          tokens,
          requestsPerMinute: 12_000,
        },
      },
    ])
    const entries = await query<{ action: string }>(
      `select action from audit_entries where account_id = $1 and actor = 'system:test' order by action`,
      [accountId],
    )
    expect(entries.map(({ action }) => action)).toEqual([
      'limit_request.granted',
      'request_limit.set',
      'token_limits.set',
    ])
  })

  test('is declined with a word about why, and without limits', async () => {
    const { accountId, userId } = await anAccount()
    const { requestId: limitRequestId } = await ask(accountId, userId)
    const decline = (rest: object) =>
      decideLimitRequest(tester, { accountId, limitRequestId, decision: 'decline', ...rest })
    await expect(decline({})).rejects.toEqual(refusal('invalid_request', { field: 'note' }))
    await expect(decline({ note: 'No', limits: { isUnlimited: true } })).rejects.toEqual(
      refusal('invalid_request', { field: 'limits' }),
    )
    expect(await decline({ note: 'Not before the new region opens' })).toMatchObject({ state: 'declined' })
  })

  test('can be taken back, and needs a reason', async () => {
    const { accountId, userId } = await anAccount()
    await expect(ask(accountId, userId, ' ')).rejects.toEqual(refusal('invalid_request', { field: 'reason' }))
    const { requestId } = await ask(accountId, userId)
    expect((await withdrawLimitRequest(user(userId), { accountId, limitRequestId: requestId })).state).toBe('withdrawn')
    await expect(
      decideLimitRequest(tester, { accountId, limitRequestId: requestId, decision: 'grant' }),
    ).rejects.toEqual(refusal('conflict', { state: 'withdrawn' }))
  })

  test('is nothing that a viewer or a stranger may send, or a customer decide', async () => {
    const { accountId, userId } = await anAccount()
    const viewer = await signUp(tester, { email: `${newId()}@example.com` })
    await expect(ask(accountId, viewer.userId)).rejects.toEqual(refusal('not_found'))
    await addMember(pool(), { accountId, userId: viewer.userId, role: 'viewer', at: new Date() })
    await expect(ask(accountId, viewer.userId)).rejects.toEqual(refusal('not_allowed'))
    const { requestId } = await ask(accountId, userId)
    await expect(
      decideLimitRequest(user(userId), { accountId, limitRequestId: requestId, decision: 'grant' }),
    ).rejects.toEqual(refusal('not_found'))
  })
})
