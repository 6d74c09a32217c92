import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { parseMoney } from '@/lib/core/money'
import { dayMs, hourMs } from '@/lib/core/time'
import { moveClock } from '@/lib/edges/clock'
import { inTransaction, query } from '@/lib/edges/db'
import { anAccount, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { signUp } from '../accounts'
import { createApiKey, revokeApiKey } from '../api-keys'
import { authorize, expireHolds, recordUsage, settle } from '../gate'
import { addMember } from '../members'
import { type Role, roles } from '../members/rules'
import { sendNotification } from '../notifications'
import {
  askForMore,
  decideRequest,
  getMonth,
  listBudgetRequests,
  listBudgets,
  removeBudget,
  setBudget,
  setMonthlyCap,
  withdrawRequest,
} from '.'

aDatabaseInTest({ mode: 'demo' })

beforeAll(async () => {
  await publishTestPrices()
})

beforeEach(() => moveClock(new Date('2026-11-21T12:00:00Z')))
afterEach(async () => {
  await expireHolds(tester)
  await expectBooksToAgree()
})

interface Person {
  userId: string
  email: string
  actor: Actor
}

async function aMember(accountId: string, role: Role): Promise<Person> {
  const email = `${newId()}@example.com`
  const { userId } = await signUp(tester, { email, name: `A ${role}` })
  await inTransaction((tx) => addMember(tx, { accountId, userId, role, at: new Date() }))
  return { userId, email, actor: { kind: 'user', userId } }
}

/** An account with $1000, its owner, and a developer with a key. */
async function aTeam() {
  const { accountId, userId, email } = await anAccount({ bought: '1000.00', hasPaymentMethod: true })
  const owner: Person = { userId, email, actor: { kind: 'user', userId } }
  const developer = await aMember(accountId, 'developer')
  const { key } = await createApiKey(owner.actor, {
    accountId,
    name: 'Batch jobs',
    scopes: ['spend'],
    member: developer.userId,
    expiresInDays: null,
  })
  return { accountId, owner, developer, keyId: key.keyId }
}

type Team = Awaited<ReturnType<typeof aTeam>>

const factsOf = ({ keyId, developer }: Team) => ({ keyId, memberId: developer.userId, tag: null })

/** A hold of the key for `amount`. */
const hold = (team: Team, amount: string) =>
  authorize(tester, {
    accountId: team.accountId,
    idempotencyKey: newId(),
    size: { maxCost: parseMoney(amount), model: null },
    holdSeconds: 600,
    facts: factsOf(team),
  })

/** Usage of the key for so many times $0.95. */
async function use(team: Team, times: number): Promise<void> {
  const [outcome] = await recordUsage(tester, {
    accountId: team.accountId,
    events: [{ eventId: newId(), ...tokensFor(times), occurredAt: null, facts: factsOf(team) }],
    beyondCredit: 'record',
  })
  expect(outcome).toMatchObject({ status: 'accepted' })
}

const tokensFor = (times: number) => ({
  model: 'kimi-k2p7-code',
  inputTokens: BigInt(times) * 1_000_000n,
  cachedInputTokens: 0n,
  outputTokens: 0n,
})

const ofKey = ({ accountId, keyId }: Team) => ({ accountId, scope: 'key' as const, subject: keyId })
const ofMember = ({ accountId, developer }: Team) => ({
  accountId,
  scope: 'member' as const,
  subject: developer.userId,
})

const budgetsOf = async ({ owner, accountId }: Team) => (await listBudgets(owner.actor, { accountId })).budgets

const told = (accountId: string, kind: string) =>
  query<{ notification_id: string; facts: Record<string, unknown> }>(
    'select notification_id, facts from notifications where account_id = $1 and kind = $2 order by created_at',
    [accountId, kind],
  )

const refusal = (code: string, facts: object = {}) =>
  expect.objectContaining({ code, facts: expect.objectContaining(facts) })

describe('a budget', () => {
  test('is one for each key or member and window: set again it is changed', async () => {
    const team = await aTeam()
    const daily = await setBudget(team.owner.actor, { ...ofKey(team), window: 'daily', limit: '10' })
    const again = await setBudget(team.owner.actor, {
      ...ofKey(team),
      window: 'daily',
      limit: '12.50',
      warnAtPercent: [90, 50],
    })
    expect(again).toMatchObject({ budgetId: daily.budgetId, limit: '12.50', warnAtPercent: [50, 90] })
    await setBudget(team.owner.actor, { ...ofKey(team), window: 'weekly', limit: '40' })
    await setBudget(team.owner.actor, { ...ofMember(team), window: 'daily', limit: '9' })
    expect(await budgetsOf(team)).toMatchObject([
      { scope: 'key', window: 'daily', subject: { name: 'Batch jobs' }, period: '2026-11-21' },
      { scope: 'key', window: 'weekly', period: '2026-W47' },
      { scope: 'member', window: 'daily', subject: { id: team.developer.userId, name: 'A developer' } },
    ])
    await expect(
      query(
        `insert into budgets (account_id, budget_id, scope, subject_id, "window", limit_amount)
         values ($1, $2, 'key', $3, 'daily', 1)`,
        [team.accountId, newId(), team.keyId],
      ),
    ).rejects.toThrow('budgets_account_id_scope_subject_id_window_key')
  })

  test('set by twenty at once is one', async () => {
    const team = await aTeam()
    await Promise.all(
      Array.from({ length: 20 }, (_, place) =>
        setBudget(team.owner.actor, { ...ofKey(team), window: 'monthly', limit: `${place + 1}` }),
      ),
    )
    expect(await budgetsOf(team)).toHaveLength(1)
  })

  test('counts what the running period used before it was set, and what open holds have set aside', async () => {
    const team = await aTeam()
    await use(team, 2) // in the evening of the 20th in New York, the 21st in UTC
    await moveClock(new Date('2026-11-21T12:40:00Z'))
    await use(team, 1)
    await hold(team, '3.00')
    const windows = ['daily', 'weekly', 'monthly', 'lifetime'] as const
    for (const window of windows) {
      const ofTheKey = await setBudget(team.owner.actor, { ...ofKey(team), window, limit: '10' })
      expect(ofTheKey).toMatchObject({ spent: '2.85', held: '3.00', left: '4.15', percent: 28 })
      expect(await setBudget(team.owner.actor, { ...ofMember(team), window, limit: '10' })).toMatchObject({
        spent: '2.85',
        held: '3.00',
      })
    }
    await use(team, 1)
    for (const budget of await budgetsOf(team)) expect(budget).toMatchObject({ spent: '3.80', held: '3.00' })
  })

  test('counts the part of an hour that a zone of half hours leaves over', async () => {
    const team = await aTeam()
    await query(`update accounts set next_time_zone = 'Asia/Kolkata' where account_id = $1`, [team.accountId])
    await moveClock(new Date('2026-12-05T18:20:00Z')) // 23:50 in Kolkata
    await use(team, 1)
    await moveClock(new Date('2026-12-05T18:40:00Z')) // 00:10 of the 6th
    await use(team, 2)
    await moveClock(new Date('2026-12-05T20:00:00Z'))
    await use(team, 4)
    const daily = await setBudget(team.owner.actor, { ...ofKey(team), window: 'daily', limit: '10' })
    expect(daily).toMatchObject({ period: '2026-12-06', spent: '5.70', resetsAt: '2026-12-06T18:30:00.000Z' })
  })

  test('that waited for its lock over the end of a period counts what the next one has used', async () => {
    const team = await aTeam()
    await moveClock(new Date('2026-11-22T00:00:01Z'))
    await use(team, 1)
    await moveClock(new Date('2026-11-21T23:59:59Z')) // when it was asked for
    const daily = await setBudget(team.owner.actor, { ...ofKey(team), window: 'daily', limit: '10' })
    expect(daily).toMatchObject({ period: '2026-11-22', spent: '0.95' })
    await moveClock(new Date('2026-11-22T00:00:02Z'))
    await use(team, 1)
    expect(await budgetsOf(team)).toMatchObject([{ period: '2026-11-22', spent: '1.90' }])
  })

  test('begins anew when its window turns, in the account’s zone', async () => {
    const team = await aTeam()
    for (const window of ['daily', 'weekly', 'monthly', 'lifetime'] as const) {
      await setBudget(team.owner.actor, { ...ofKey(team), window, limit: '10' })
    }
    await use(team, 1)
    const spent = async () => Object.fromEntries((await budgetsOf(team)).map((budget) => [budget.window, budget.spent]))
    expect(await spent()).toEqual({ daily: '0.95', weekly: '0.95', monthly: '0.95', lifetime: '0.95' })
    await moveClock(new Date('2026-11-22T00:00:00Z'))
    expect(await spent()).toEqual({ daily: '0.00', weekly: '0.95', monthly: '0.95', lifetime: '0.95' })
    await use(team, 1)
    await moveClock(new Date('2026-11-23T00:00:00Z'))
    expect(await spent()).toEqual({ daily: '0.00', weekly: '0.00', monthly: '1.90', lifetime: '1.90' })
    await moveClock(new Date('2026-12-01T00:00:00Z'))
    expect(await spent()).toEqual({ daily: '0.00', weekly: '0.00', monthly: '0.00', lifetime: '1.90' })
  })

  test('lowered below what is used lets running requests finish and refuses new ones; raised it serves again', async () => {
    const team = await aTeam()
    const input = { ...ofKey(team), window: 'monthly' as const }
    await setBudget(team.owner.actor, { ...input, limit: '20' })
    const { hold: running } = await hold(team, '9.50')
    const lowered = await setBudget(team.owner.actor, { ...input, limit: '5' })
    expect(lowered).toMatchObject({ held: '9.50', left: '0.00' })
    await expect(hold(team, '1.00')).rejects.toEqual(refusal('budget_held'))
    await settle(tester, {
      accountId: team.accountId,
      holdId: running.holdId,
      settlement: tokensFor(10),
    })
    expect((await budgetsOf(team))[0]).toMatchObject({ spent: '9.50', held: '0.00', left: '0.00', percent: 190 })
    await expect(hold(team, '1.00')).rejects.toEqual(refusal('budget_reached'))
    await setBudget(team.owner.actor, { ...input, limit: '20' })
    await hold(team, '10.50')
  })

  test('warns once at its thresholds, by the name of what it limits, also when it is set below what is used', async () => {
    const team = await aTeam()
    await use(team, 9)
    await setBudget(team.owner.actor, { ...ofKey(team), window: 'weekly', limit: '10', warnAtPercent: [50, 80] })
    expect(await told(team.accountId, 'budget_warning')).toMatchObject([
      { facts: { threshold: 80, scope: 'key', subjectId: team.keyId, subjectName: 'Batch jobs', window: 'weekly' } },
    ])
    await use(team, 2)
    await use(team, 1)
    expect(await told(team.accountId, 'budget_reached')).toHaveLength(1)
    expect(await told(team.accountId, 'budget_warning')).toHaveLength(1)
  })

  test('removed limits nothing any more, also while its holds are open; set again it counts right', async () => {
    const team = await aTeam()
    const input = { ...ofKey(team), window: 'daily' as const, limit: '10' }
    const { budgetId } = await setBudget(team.owner.actor, input)
    await use(team, 3)
    const { hold: running } = await hold(team, '7.00')
    await askForMore(team.developer.actor, { accountId: team.accountId, budgetId, limit: '20', reason: '' })
    await removeBudget(team.owner.actor, { accountId: team.accountId, budgetId })
    expect(await budgetsOf(team)).toEqual([])
    expect((await listBudgetRequests(team.owner.actor, team)).requests).toMatchObject([{ state: 'withdrawn' }])
    await hold(team, '50.00')
    await settle(tester, { accountId: team.accountId, holdId: running.holdId, settlement: tokensFor(1) })
    expect(await setBudget(team.owner.actor, input)).toMatchObject({ spent: '3.80', held: '50.00', left: '0.00' })
    await expect(removeBudget(team.owner.actor, { accountId: team.accountId, budgetId })).rejects.toEqual(
      refusal('not_found'),
    )
  })

  test('of a revoked key takes late settles, and no new limit', async () => {
    const team = await aTeam()
    await setBudget(team.owner.actor, { ...ofKey(team), window: 'daily', limit: '10' })
    const { hold: running } = await hold(team, '7.00')
    await revokeApiKey(team.owner.actor, { accountId: team.accountId, keyId: team.keyId })
    await settle(tester, { accountId: team.accountId, holdId: running.holdId, settlement: tokensFor(1) })
    expect(await budgetsOf(team)).toMatchObject([{ spent: '0.95', held: '0.00', subject: { isActive: false } }])
    await expect(setBudget(team.owner.actor, { ...ofKey(team), window: 'daily', limit: '20' })).rejects.toEqual(
      refusal('conflict', { field: 'subject' }),
    )
  })

  test('is refused with the field that is wrong', async () => {
    const team = await aTeam()
    const stranger = await aTeam()
    const input = { ...ofKey(team), window: 'daily' as const, limit: '10' }
    for (const [wrong, code, field] of [
      [{ limit: 'ten' }, 'invalid_amount', 'limit'],
      [{ limit: '-1' }, 'invalid_amount', 'limit'],
      [{ limit: '999999999999' }, 'invalid_amount', 'limit'],
      [{ warnAtPercent: [0] }, 'invalid_request', 'warnAtPercent'],
      [{ warnAtPercent: [1, 2, 3, 4, 5, 6] }, 'invalid_request', 'warnAtPercent'],
      [{ subject: stranger.keyId }, 'not_found', 'subject'],
      [{ subject: 'me' }, 'not_found', 'subject'],
      [{ ...ofMember(stranger), accountId: team.accountId }, 'not_found', 'subject'],
    ] as const) {
      await expect(setBudget(team.owner.actor, { ...input, ...wrong } as never)).rejects.toEqual(
        refusal(code, { field }),
      )
    }
    expect(await budgetsOf(team)).toEqual([])
  })

  test('leaves its history in the audit log', async () => {
    const team = await aTeam()
    const input = { ...ofKey(team), window: 'daily' as const }
    const { budgetId } = await setBudget(team.owner.actor, { ...input, limit: '10' })
    await setBudget(team.owner.actor, { ...input, limit: '20' })
    await removeBudget(team.owner.actor, { accountId: team.accountId, budgetId })
    const entries = await query<{ action: string; before: unknown; after: unknown }>(
      `select action, before, after from audit_entries where account_id = $1 and action like 'budget.%' order by entry_id`,
      [team.accountId],
    )
    expect(entries).toMatchObject([
      { action: 'budget.set', before: null, after: { limit: '10.00', subjectId: team.keyId } },
      { action: 'budget.set', before: { limit: '10.00' }, after: { limit: '20.00' } },
      { action: 'budget.removed', before: { budgetId, limit: '20.00' }, after: null },
    ])
  })

  test('of the account itself is not removed here', async () => {
    const team = await aTeam()
    const { capBudgetId } = await listBudgets(team.owner.actor, team)
    await expect(removeBudget(team.owner.actor, { accountId: team.accountId, budgetId: capBudgetId })).rejects.toEqual(
      refusal('conflict'),
    )
  })
})

describe('a request for more', () => {
  /** A developer whose key has $10 a day asks for $25. */
  async function aRequest() {
    const team = await aTeam()
    const { budgetId } = await setBudget(team.owner.actor, { ...ofKey(team), window: 'daily', limit: '10' })
    const request = await askForMore(team.developer.actor, {
      accountId: team.accountId,
      budgetId,
      limit: '25',
      reason: ' The evaluation  runs until Friday ',
    })
    return { ...team, budgetId, request, of: { accountId: team.accountId, requestId: request.requestId } }
  }

  test('approved sets the limit at once, and both sides are told', async () => {
    const { owner, developer, accountId, request, of, ...team } = await aRequest()
    expect(request).toMatchObject({
      state: 'open',
      limit: '10.00',
      askedLimit: '25.00',
      reason: 'The evaluation runs until Friday',
      subjectName: 'Batch jobs',
      askedBy: { id: developer.userId, name: 'A developer' },
    })
    expect(await told(accountId, 'budget_more_asked')).toMatchObject([
      { facts: { askedByName: 'A developer', limit: '10.00', askedLimit: '25.00', subjectName: 'Batch jobs' } },
    ])
    const decided = await decideRequest(owner.actor, { ...of, decision: 'approve', note: 'Until Friday' })
    expect(decided).toMatchObject({ state: 'approved', decidedByName: 'Ada', note: 'Until Friday' })
    const all = { owner, developer, accountId, ...team }
    expect(await budgetsOf(all)).toMatchObject([{ limit: '25.00' }])
    await hold(all, '24.00')

    const [asked] = await told(accountId, 'budget_more_asked')
    const [answer] = await told(accountId, 'budget_more_decided')
    for (const { notification_id: notificationId } of [asked!, answer!]) {
      await sendNotification(tester, { accountId, notificationId })
    }
    const mails = await query<{ recipient: string; subject: string }>(
      'select recipient, subject from mailbox_messages where recipient = any($1) order by recipient',
      [[owner.email, developer.email]],
    )
    expect(mails).toHaveLength(2)
    expect(mails).toEqual(
      expect.arrayContaining([
        { recipient: owner.email, subject: 'A member asks for a higher budget' },
        { recipient: developer.email, subject: 'Your request for more is approved' },
      ]),
    )
  })

  test('declined leaves the limit, withdrawn tells nobody', async () => {
    const { owner, developer, accountId, budgetId, of, ...team } = await aRequest()
    await decideRequest(owner.actor, { ...of, decision: 'decline' })
    expect(await budgetsOf({ owner, developer, accountId, ...team })).toMatchObject([{ limit: '10.00' }])
    expect(await told(accountId, 'budget_more_decided')).toMatchObject([
      { facts: { state: 'declined', toUserId: developer.userId, limit: '10.00', note: null } },
    ])
    const again = await askForMore(developer.actor, { accountId, budgetId, limit: '11', reason: '' })
    const second = { accountId, requestId: again.requestId }
    await expect(withdrawRequest(owner.actor, second)).rejects.toEqual(refusal('not_allowed'))
    expect(await withdrawRequest(developer.actor, second)).toMatchObject({ state: 'withdrawn' })
    await expect(decideRequest(owner.actor, { ...second, decision: 'approve' })).rejects.toEqual(
      refusal('conflict', { state: 'withdrawn' }),
    )
    expect(await told(accountId, 'budget_more_decided')).toHaveLength(1)
  })

  test('of two who decide at once the second is refused, and one answer is told', async () => {
    const { owner, accountId, of, ...team } = await aRequest()
    const billing = await aMember(accountId, 'billing')
    const outcomes = await Promise.allSettled([
      decideRequest(owner.actor, { ...of, decision: 'approve' }),
      decideRequest(billing.actor, { ...of, decision: 'decline' }),
      decideRequest(owner.actor, { ...of, decision: 'decline' }),
    ])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toEqual(refusal('conflict'))
    }
    const [answer, ...others] = await told(accountId, 'budget_more_decided')
    expect(others).toEqual([])
    const limit = answer?.facts.state === 'approved' ? '25.00' : '10.00'
    expect(await budgetsOf({ owner, accountId, ...team })).toMatchObject([{ limit }])
  })

  test('waits once for each member and budget, and asks for more than there is', async () => {
    const { owner, developer, accountId, budgetId } = await aRequest()
    const ask = (actor: Actor, limit: string) => askForMore(actor, { accountId, budgetId, limit, reason: '' })
    await expect(ask(developer.actor, '30')).rejects.toEqual(refusal('conflict'))
    await expect(ask(owner.actor, '10')).rejects.toEqual(refusal('invalid_amount', { field: 'limit' }))
    await ask(owner.actor, '10.01')
    await expect(
      askForMore(developer.actor, { accountId, budgetId: newId(), limit: '30', reason: '' }),
    ).rejects.toEqual(refusal('not_found'))
  })

  test('approved late never lowers a limit that was raised meanwhile', async () => {
    const { owner, accountId, of, ...team } = await aRequest()
    await setBudget(owner.actor, { ...ofKey({ owner, accountId, ...team }), window: 'daily', limit: '100' })
    await decideRequest(owner.actor, { ...of, decision: 'approve' })
    expect(await budgetsOf({ owner, accountId, ...team })).toMatchObject([{ limit: '100.00' }])
  })

  test('may be about the account’s own cap', async () => {
    const team = await aTeam()
    const { accountId } = team
    const { capBudgetId } = await listBudgets(team.owner.actor, team)
    const ask = { accountId, budgetId: capBudgetId, limit: '50', reason: 'A launch' }
    await expect(askForMore(team.developer.actor, ask)).rejects.toEqual(refusal('not_found'))
    await setMonthlyCap(team.owner.actor, { accountId, limit: '20', warnAtPercent: [80] })
    const { requestId } = await askForMore(team.developer.actor, ask)
    await decideRequest(team.owner.actor, { accountId, requestId, decision: 'approve' })
    expect(await getMonth(team.owner.actor, { accountId })).toMatchObject({ limit: '50.00' })
  })
})

const maySet: Role[] = ['owner', 'admin', 'billing']
const mayAsk: Role[] = ['owner', 'admin', 'billing', 'developer']

test.each(roles)('what a member who is %s may do with budgets', async (role) => {
  const team = await aTeam()
  const { accountId } = team
  const member = await aMember(accountId, role)
  const input = { ...ofKey(team), window: 'daily' as const, limit: '10' }
  const { budgetId } = await setBudget(team.owner.actor, input)
  expect((await listBudgets(member.actor, { accountId })).budgets).toHaveLength(1)
  expect((await listBudgetRequests(member.actor, { accountId })).requests).toEqual([])

  const asking = askForMore(member.actor, { accountId, budgetId, limit: '20', reason: '' })
  if (mayAsk.includes(role)) {
    const { requestId } = await asking
    await withdrawRequest(member.actor, { accountId, requestId })
  } else await expect(asking).rejects.toEqual(refusal('not_allowed'))

  const { requestId } = await askForMore(team.owner.actor, { accountId, budgetId, limit: '30', reason: '' })
  const changes = [
    () => decideRequest(member.actor, { accountId, requestId, decision: 'approve' }),
    () => setBudget(member.actor, input),
    () => removeBudget(member.actor, { accountId, budgetId }),
  ]
  for (const change of changes) {
    if (maySet.includes(role)) await change()
    else await expect(change()).rejects.toEqual(refusal('not_allowed'))
  }
})

test('a gate that spends while budgets are set, removed and set again agrees with them to the nano', async () => {
  const team = await aTeam()
  await moveClock(new Date('2026-11-21T23:59:58Z'))
  const spend = async () => {
    for (let round = 0; round < 12; round++) {
      const { hold: running } = await hold(team, '0.95')
      await settle(tester, { accountId: team.accountId, holdId: running.holdId, settlement: tokensFor(1) })
      if (round === 6) await moveClock(new Date(Date.parse('2026-11-21T23:59:59Z') + hourMs))
    }
  }
  const change = async () => {
    for (let round = 0; round < 6; round++) {
      const set = await Promise.all(
        (['daily', 'weekly', 'monthly', 'lifetime'] as const).flatMap((window) => [
          setBudget(team.owner.actor, { ...ofKey(team), window, limit: '900' }),
          setBudget(team.owner.actor, { ...ofMember(team), window, limit: '900' }),
        ]),
      )
      for (const { budgetId } of set.slice(0, round))
        await removeBudget(team.owner.actor, { accountId: team.accountId, budgetId })
    }
  }
  await Promise.all([spend(), spend(), change()])
  await moveClock(new Date(Date.parse('2026-11-22T00:00:00Z') + 2 * hourMs))
  const budgets = await budgetsOf(team)
  for (const budget of budgets.filter(({ window }) => window !== 'daily')) {
    expect(budget).toMatchObject({ spent: '22.80', held: '0.00' })
  }
  await moveClock(new Date(Date.parse('2026-11-22T00:00:00Z') + dayMs))
})
