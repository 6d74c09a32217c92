import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, system } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { cents } from '@/lib/core/money'
import { hourMs } from '@/lib/core/time'
import { moveClock, now } from '@/lib/edges/clock'
import { inTransaction, query } from '@/lib/edges/db'
import { WebhookFailed } from '@/lib/edges/webhook'
import { aPaidPurchase, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { use } from '@/lib/testing/top-ups'
import { signUp } from '../accounts'
import { createApiKey } from '../api-keys'
import { setBudget } from '../budgets'
import { startContract } from '../contracts'
import { recordUsage } from '../gate'
import { addMember } from '../members'
import type { Role } from '../members/rules'
import {
  getNotificationChoices,
  listInbox,
  listMailbox,
  markInboxRead,
  notify,
  saveNotificationChoices,
  saveWebhook,
  sendNotification,
  sendWebhook,
  setLowBalance,
  testWebhook,
  watchBalances,
} from '.'
import { assessBalance, failuresBeforeStop, kindsOf, topicOf, topics, wants } from './rules'

aDatabaseInTest({ mode: 'demo' })
const worker = system('test')

/** A chat that notes what it is sent, and answers with a status of the test's choice. */
const chat = { texts: [] as string[], status: 200, url: '' }
const server = http.createServer((request, answer) => {
  let text = ''
  request.on('data', (part) => {
    text += part
  })
  request.on('end', () => {
    chat.texts.push(text)
    answer.writeHead(chat.status).end()
  })
})

beforeAll(async () => {
  await publishTestPrices()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  chat.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
})
afterAll(async () => {
  server.close()
  await moveClock(new Date()).catch(() => {})
})

interface Person {
  actor: Actor
  userId: string
  email: string
}

async function aCustomer(): Promise<Person & { accountId: string }> {
  const email = `${newId()}@example.com`
  const { accountId, userId } = await signUp(worker, { email })
  return { accountId, userId, email, actor: { kind: 'user', userId } }
}

async function aMember(accountId: string, role: Role): Promise<Person> {
  const { userId, email, actor } = await aCustomer()
  await inTransaction(async (tx) => addMember(tx, { accountId, userId, role, at: await now() }))
  return { userId, email, actor }
}

/** Tells the account something and returns its id. */
async function tell(accountId: string, cause: string): Promise<string> {
  const at = await now()
  await inTransaction((tx) =>
    notify(tx, { accountId, kind: 'usage_paused', cause, facts: { code: 'credits_exhausted' }, at }),
  )
  const rows = await query<{ id: string }>(
    'select notification_id as id from notifications where account_id = $1 and cause = $2',
    [accountId, cause],
  )
  return rows[0]!.id
}

const mailsTo = async (email: string) =>
  (await listMailbox(worker, { limit: 100 })).filter((m) => m.recipient === email)

const on = (choices: { topic: string; channel: string; isOn: boolean }[]) =>
  choices.filter(({ isOn }) => isOn).map(({ topic, channel }) => `${topic} ${channel}`)

describe('rules', () => {
  test('every kind belongs to exactly one topic', () => {
    for (const topic of topics) expect(kindsOf(topic).every((kind) => topicOf(kind) === topic)).toBe(true)
    expect(topics.flatMap(kindsOf)).toHaveLength(new Set(topics.flatMap(kindsOf)).size)
  })

  test.each([
    ['owner', true],
    ['admin', true],
    ['billing', true],
    ['developer', false],
    ['viewer', false],
  ] as const)('%s gets mail of their own accord: %s', (role, isMailed) => {
    const listener = { role, choices: [] }
    expect(wants(listener, 'paused', 'email')).toBe(isMailed)
    expect(wants(listener, 'paused', 'in_app')).toBe(true)
    expect(wants(listener, 'requests', 'email', true)).toBe(true)
    const choices = [{ topic: 'paused' as const, channel: 'email' as const, isOn: !isMailed }]
    expect(wants({ role, choices }, 'paused', 'email')).toBe(!isMailed)
  })

  test('low credit is news when it was not low before, and known', () => {
    const at5 = (balance: bigint, wasLow: boolean | null) => assessBalance(balance, { threshold: 5n, wasLow })
    expect(at5(6n, null)).toEqual({ isLow: false, isCrossing: false })
    expect(at5(5n, null)).toEqual({ isLow: true, isCrossing: false })
    expect(at5(5n, false)).toEqual({ isLow: true, isCrossing: true })
    expect(at5(4n, true)).toEqual({ isLow: true, isCrossing: false })
    expect(assessBalance(0n, { threshold: null, wasLow: false })).toEqual({ isLow: false, isCrossing: false })
  })
})

test('who chose mail gets it, who chose none gets none, and each person chooses for themselves', async () => {
  const owner = await aCustomer()
  const { accountId } = owner
  const developer = await aMember(accountId, 'developer')
  const viewer = await aMember(accountId, 'viewer')
  await saveNotificationChoices(owner.actor, {
    accountId,
    choices: [{ topic: 'paused', channel: 'email', isOn: false }],
  })
  await saveNotificationChoices(developer.actor, {
    accountId,
    choices: [{ topic: 'paused', channel: 'email', isOn: true }],
  })
  await sendNotification(worker, { accountId, notificationId: await tell(accountId, 'a') })
  expect(await mailsTo(owner.email)).toHaveLength(0)
  expect(await mailsTo(developer.email)).toHaveLength(1)
  expect(await mailsTo(viewer.email)).toHaveLength(0)

  const { choices } = await getNotificationChoices(owner.actor, { accountId })
  expect(choices).toHaveLength(topics.length * 3)
  expect(on(choices)).not.toContain('paused email')
  expect(on(choices)).toContain('receipts email')
  const audit = await query('select action, after from audit_entries where account_id = $1 and actor = $2', [
    accountId,
    `user:${owner.userId}`,
  ])
  expect(audit).toContainEqual({
    action: 'notifications.chosen',
    after: [{ topic: 'paused', channel: 'email', isOn: false }],
  })
})

test('everybody is told in their own language: what they chose, else what their browser asked for', async () => {
  const owner = await aCustomer()
  const { accountId } = owner
  const [german, arab, admin] = [
    await aMember(accountId, 'admin'),
    await aMember(accountId, 'billing'),
    await aMember(accountId, 'admin'),
  ]
  await query(`update users set browser_locale = 'de' where id = $1`, [german.userId])
  await query(`update users set browser_locale = 'de', locale = 'ar' where id = $1`, [arab.userId])
  await query(`update users set browser_locale = 'fr' where id = $1`, [admin.userId])
  const notificationId = await tell(accountId, 'a')
  await sendNotification(worker, { accountId, notificationId })
  const subjectTo = async ({ email }: Person) => (await mailsTo(email)).map(({ subject }) => subject)
  expect(await subjectTo(owner)).toEqual(['Usage is paused: credits are used up'])
  expect(await subjectTo(admin)).toEqual(['Usage is paused: credits are used up'])
  expect(await subjectTo(german)).toEqual(['Die Nutzung pausiert: Das Guthaben ist aufgebraucht'])
  expect((await mailsTo(arab.email))[0]!.html).toContain('<div lang="ar" dir="rtl"')

  chat.texts = []
  await saveWebhook(german.actor, { accountId, url: chat.url })
  await testWebhook(german.actor, { accountId })
  await sendWebhook(worker, { accountId, notificationId, userId: german.userId })
  expect(chat.texts.map((text) => JSON.parse(text).text)).toEqual([
    '*Purse kann Sie hier erreichen*\nDies ist ein Test. Es ist nichts geschehen.',
    expect.stringMatching(/^\*Die Nutzung pausiert[\s\S]*\|Guthaben kaufen>$/),
  ])
})

test('whom a budget limits hears of it by mail and in the dashboard, unless they chose not to', async () => {
  const owner = await aCustomer()
  const { accountId } = owner
  const [limited, colleague] = [await aMember(accountId, 'developer'), await aMember(accountId, 'developer')]
  const { key } = await createApiKey(owner.actor, {
    accountId,
    name: 'Batch jobs',
    scopes: ['spend'],
    member: limited.userId,
    expiresInDays: null,
  })
  const mailChoice = async ({ actor }: Person) =>
    on((await getNotificationChoices(actor, { accountId })).choices).includes('budgets email')
  expect(await mailChoice(limited)).toBe(false)
  await setBudget(owner.actor, { accountId, scope: 'key', subject: key.keyId, window: 'weekly', limit: '0' })
  expect(await mailChoice(limited)).toBe(true)
  expect(await mailChoice(colleague)).toBe(false)
  const send = async () => {
    const rows = await query<{ id: string }>(
      `select notification_id as id from notifications where account_id = $1 and kind = 'budget_reached' and sent_at is null`,
      [accountId],
    )
    expect(rows).toHaveLength(1)
    await sendNotification(worker, { accountId, notificationId: rows[0]!.id })
  }
  await send()
  const [mail] = await mailsTo(limited.email)
  expect(mail!.subject).toBe('The weekly budget of an API key is reached')
  expect(mail!.text).toContain('this budget limits you in')
  expect(mail!.text).toContain('See the budget or ask for more')
  expect((await listInbox(limited.actor, { accountId })).items).toMatchObject([{ kind: 'budget_reached' }])
  expect(await mailsTo(colleague.email)).toEqual([])
  expect((await mailsTo(owner.email))[0]!.text).toContain('you look after billing')

  await saveNotificationChoices(limited.actor, {
    accountId,
    choices: [{ topic: 'budgets', channel: 'email', isOn: false }],
  })
  await setBudget(owner.actor, { accountId, scope: 'member', subject: limited.userId, window: 'daily', limit: '0' })
  await send()
  expect(await mailsTo(limited.email)).toHaveLength(1)
  expect(await mailsTo(owner.email)).toHaveLength(2)
  await expectBooksToAgree()
})

test('the list in the dashboard shows what is new, until it was seen, and leaves out what is not wanted', async () => {
  const { accountId, actor } = await aCustomer()
  await tell(accountId, 'a')
  const first = await listInbox(actor, { accountId })
  expect(first).toMatchObject({ newCount: 1, items: [{ kind: 'usage_paused', isNew: true }] })
  const read = await markInboxRead(actor, { accountId, until: first.items[0]!.at })
  expect(read).toMatchObject({ newCount: 0, items: [{ isNew: false }] })
  await tell(accountId, 'b')
  expect((await listInbox(actor, { accountId })).newCount).toBe(1)
  await saveNotificationChoices(actor, { accountId, choices: [{ topic: 'paused', channel: 'in_app', isOn: false }] })
  expect((await listInbox(actor, { accountId })).items).toEqual([])
})

test('a webhook takes each message once, says what was wrong, and is given up after failures in a row', async () => {
  const { accountId, userId, actor } = await aCustomer()
  await expect(saveWebhook(actor, { accountId, url: 'http://10.0.0.1/' })).rejects.toMatchObject({
    code: 'invalid_request',
    facts: { field: 'url' },
  })
  await expect(testWebhook(actor, { accountId })).rejects.toMatchObject({ code: 'not_found' })
  const saved = await saveWebhook(actor, { accountId, url: chat.url })
  expect(saved.webhook?.shownUrl).not.toContain('hook')
  chat.texts = []
  expect((await testWebhook(actor, { accountId })).webhook).toMatchObject({ lastError: null, isStopped: false })
  expect(chat.texts[0]).toContain('This is a test')

  const notificationId = await tell(accountId, 'a')
  chat.texts = []
  await sendWebhook(worker, { accountId, notificationId, userId })
  await sendWebhook(worker, { accountId, notificationId, userId })
  expect(chat.texts).toHaveLength(1)
  expect(JSON.parse(chat.texts[0]!).text).toMatch(/^\*Usage is paused: credits are used up\*\n.*\n<http/s)

  chat.status = 500
  const second = await tell(accountId, 'b')
  for (let failed = 1; failed <= failuresBeforeStop; failed++) {
    await expect(sendWebhook(worker, { accountId, notificationId: second, userId })).rejects.toThrow(WebhookFailed)
  }
  const { webhook } = await getNotificationChoices(actor, { accountId })
  expect(webhook).toMatchObject({ lastError: 'answered 500', isStopped: true })
  chat.texts = []
  await sendWebhook(worker, { accountId, notificationId: second, userId })
  expect(chat.texts).toEqual([])

  chat.status = 200
  await saveWebhook(actor, { accountId, url: chat.url })
  await sendWebhook(worker, { accountId, notificationId: second, userId })
  expect(chat.texts).toHaveLength(1)

  const late = await tell(accountId, 'c')
  await moveClock(new Date((await now()).getTime() + 25 * hourMs))
  await sendWebhook(worker, { accountId, notificationId: late, userId })
  expect(chat.texts).toHaveLength(1)
  await saveWebhook(actor, { accountId, url: null })
  expect((await getNotificationChoices(actor, { accountId })).webhook).toBeNull()
})

test('low credit is told once for each crossing, and again after a recovery', async () => {
  const { accountId, actor } = await aCustomer()
  const spend = async (tokens: bigint) => {
    const tokensOf = { inputTokens: tokens, cachedInputTokens: 0n, outputTokens: 0n }
    const event = { eventId: newId(), model: 'kimi-k2p7-code', occurredAt: null, ...tokensOf }
    const [outcome] = await recordUsage(worker, { accountId, events: [event], beyondCredit: 'refuse' })
    expect(outcome).toMatchObject({ status: 'accepted' })
  }
  const told = async () => {
    while ((await watchBalances(worker)) > 0);
    const rows = await query<{ facts: object }>(
      `select facts from notifications where account_id = $1 and kind = 'low_balance' order by created_at`,
      [accountId],
    )
    return rows.map(({ facts }) => facts)
  }
  // The signup credit is below the usual threshold: no news for somebody who has just come.
  expect(await told()).toEqual([])
  await aPaidPurchase(accountId, cents(1000))
  expect(await told()).toEqual([])
  const { balance } = (
    await query<{ balance: bigint }>('select balance from account_balances where account_id = $1', [accountId])
  )[0]!
  expect(balance).toBe(11_000_000_000n)
  await setLowBalance(actor, { accountId, threshold: '10.90' })
  await spend(1_000_000n)
  expect(await told()).toHaveLength(1)
  await spend(1000n)
  expect(await told()).toHaveLength(1)
  await aPaidPurchase(accountId, cents(1000))
  expect(await told()).toHaveLength(1)
  await setLowBalance(actor, { accountId, threshold: '15.00' })
  expect(await told()).toHaveLength(1)
  await Promise.all([watchBalances(worker), watchBalances(worker)])
  expect((await told())[0]).toMatchObject({ threshold: '10.90', isTopUpOn: false })
  await expect(setLowBalance(actor, { accountId, threshold: '-1' })).rejects.toMatchObject({ code: 'invalid_amount' })
  expect(await setLowBalance(actor, { accountId, threshold: null })).toMatchObject({ lowBalance: null })
  await expect(watchBalances(actor)).rejects.toMatchObject({ code: 'not_allowed' })
  await expectBooksToAgree()
})

test('the end of credit is no news to a post-paid account', async () => {
  const { accountId } = await aCustomer()
  await aPaidPurchase(accountId, cents(1000))
  while ((await watchBalances(worker)) > 0);
  await startContract(tester, { accountId, creditLimit: '50.00', paymentTermsDays: 30, collection: 'send_invoice' })
  await use(accountId, 12)
  while ((await watchBalances(worker)) > 0);
  const told = await query(`select from notifications where account_id = $1 and kind = 'low_balance'`, [accountId])
  expect(told).toEqual([])
  await expectBooksToAgree()
})

test('nobody chooses for an account that is not theirs', async () => {
  const { accountId } = await aCustomer()
  const stranger = await aCustomer()
  for (const attempt of [
    () => getNotificationChoices(stranger.actor, { accountId }),
    () => listInbox(stranger.actor, { accountId }),
    () => saveWebhook(stranger.actor, { accountId, url: null }),
    () => setLowBalance(stranger.actor, { accountId, threshold: null }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: 'not_found' })
  }
  await expect(getNotificationChoices(tester, { accountId })).rejects.toMatchObject({ code: 'not_allowed' })
})
