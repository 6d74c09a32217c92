import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { localeFrom } from '@/lib/core/locales'
import { formatMoney, money, parseMoney } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool } from '@/lib/edges/db'
import { mailWords } from '@/lib/edges/email'
import { webhookProblem } from '@/lib/edges/webhook'
import { recordAudit } from '../audit'
import { lockBalance } from '../ledger'
import { requireRole } from '../members'
import { slackMessage } from './chat-message'
import { assessBalance, type Choice, channels, failuresBeforeStop, topics, wants } from './rules'
import { noteOf, tryToPost } from './send-notification'
import {
  deleteWebhook,
  readIsLimited,
  readListeners,
  readWatch,
  readWebhook,
  saveChoices,
  saveTry,
  saveWatch,
  saveWebhookUrl,
} from './store'

export interface WebhookDto {
  /** Only its beginning: whoever has the whole address can write to it. */
  shownUrl: string
  /** "timeout", "answered 500"; null: it arrived, or nothing was sent. */
  lastError: string | null
  lastTriedAt: string | null
  isStopped: boolean
}

export interface NotificationChoicesDto {
  email: string
  choices: Choice[]
  webhook: WebhookDto | null
  /** At or below it credit counts as low; null: nobody is told. */
  lowBalance: string | null
}

/** What the signed-in member hears of in this account, and how. */
export async function getNotificationChoices(
  actor: Actor,
  { accountId }: { accountId: string },
): Promise<NotificationChoicesDto> {
  await requireRole(actor, accountId, 'account:read')
  const userId = requirePerson(actor)
  const [[listener], webhook, watch, isLimited] = await Promise.all([
    readListeners(accountId, userId),
    readWebhook(accountId, userId),
    readWatch(pool(), accountId),
    readIsLimited(accountId, userId),
  ])
  if (!listener) throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
  const { email } = listener
  return {
    email,
    choices: topics.flatMap((topic) =>
      channels.map((channel) => ({
        topic,
        channel,
        isOn: wants(listener, topic, channel, isLimited && topic === 'budgets'),
      })),
    ),
    webhook: webhook && {
      shownUrl: shown(webhook.url),
      lastError: webhook.lastError,
      lastTriedAt: webhook.lastTriedAt?.toISOString() ?? null,
      isStopped: webhook.stoppedAt !== null,
    },
    lowBalance: watch.threshold === null ? null : formatMoney(money(watch.threshold)),
  }
}

/** Saves what the signed-in member wants to hear of. What is not named stays as it is. */
export async function saveNotificationChoices(
  actor: Actor,
  { accountId, choices }: { accountId: string; choices: Choice[] },
): Promise<NotificationChoicesDto> {
  await requireRole(actor, accountId, 'account:read')
  const userId = requirePerson(actor)
  const at = await now()
  const before = await getNotificationChoices(actor, { accountId })
  const changed = choices.filter(
    (choice) => !before.choices.some((known) => isSamePlace(known, choice) && known.isOn === choice.isOn),
  )
  await inTransaction(async (tx) => {
    await saveChoices(tx, accountId, userId, choices)
    if (changed.length > 0) {
      const was = changed.map((choice) => ({ ...choice, isOn: !choice.isOn }))
      await recordAudit(tx, { accountId, actor, action: 'notifications.chosen', before: was, after: changed, at })
    }
  })
  return getNotificationChoices(actor, { accountId })
}

/**
 * Saves where the signed-in member's messages go besides, or (null) that they go nowhere.
 * @throws Refusal `invalid_request` naming `url`
 */
export async function saveWebhook(
  actor: Actor,
  { accountId, url }: { accountId: string; url: string | null },
): Promise<NotificationChoicesDto> {
  await requireRole(actor, accountId, 'account:read')
  const userId = requirePerson(actor)
  const problem = url === null ? null : webhookProblem(url)
  if (problem) throw new Refusal('invalid_request', { field: 'url', message: `${problem} Nothing was changed.` })
  const at = await now()
  const before = await readWebhook(accountId, userId)
  await inTransaction(async (tx) => {
    if (url === null) await deleteWebhook(tx, accountId, userId)
    else await saveWebhookUrl(tx, { accountId, userId, url, at })
    const audited = (text: string | undefined | null) => (text ? { url: shown(text) } : null)
    const action = 'notifications.webhook_set'
    await recordAudit(tx, { accountId, actor, action, before: audited(before?.url), after: audited(url), at })
  })
  return getNotificationChoices(actor, { accountId })
}

/**
 * Posts a message to the member's webhook now, so that they see whether it arrives. Its outcome is what is returned.
 * @throws Refusal `not_found` when there is none
 */
export async function testWebhook(actor: Actor, { accountId }: { accountId: string }): Promise<NotificationChoicesDto> {
  await requireRole(actor, accountId, 'account:read')
  const userId = requirePerson(actor)
  const webhook = await readWebhook(accountId, userId)
  if (!webhook) throw new Refusal('not_found', { message: 'There is no webhook to test. Save its address first.' })
  const at = await now()
  const [listener] = await readListeners(accountId, userId)
  const { t } = mailWords(localeFrom(listener?.locale))
  const error = await tryToPost(webhook.url, slackMessage({ subject: t('test.subject'), paragraphs: [t('test.body')] }))
  const row = {
    accountId,
    userId,
    url: webhook.url,
    error: error && noteOf(error),
    mostFailures: failuresBeforeStop,
    at,
  }
  await saveTry(pool(), row)
  return getNotificationChoices(actor, { accountId })
}

/**
 * Sets at how much credit the account's members are told that it is low; null: never. Being below it already is no news.
 * @throws Refusal `invalid_amount` naming `threshold`
 */
export async function setLowBalance(
  actor: Actor,
  { accountId, threshold }: { accountId: string; threshold: string | null },
): Promise<NotificationChoicesDto> {
  await requireRole(actor, accountId, 'billing:write')
  const amount = threshold === null ? null : parseMoney(threshold, 'threshold').nanos
  if (amount !== null && amount < 0n) {
    throw new Refusal('invalid_amount', { field: 'threshold', message: 'The threshold cannot be negative.' })
  }
  const at = await now()
  await inTransaction(async (tx) => {
    const { balance } = await lockBalance(tx, accountId)
    const before = await readWatch(tx, accountId)
    const { isLow } = assessBalance(balance.nanos, { threshold: amount, wasLow: null })
    await saveWatch(tx, accountId, { threshold: amount, isLow, crossings: before.crossings })
    const audited = (nanos: bigint | null) => ({ threshold: nanos === null ? null : formatMoney(money(nanos)) })
    const entry = { before: audited(before.threshold), after: audited(amount) }
    await recordAudit(tx, { accountId, actor, action: 'low_balance.set', ...entry, at })
  })
  return getNotificationChoices(actor, { accountId })
}

const isSamePlace = (a: Choice, b: Choice) => a.topic === b.topic && a.channel === b.channel

/** The address without its secret part. */
const shown = (url: string): string => `${new URL(url).origin}/…`

/** @throws Refusal `not_allowed`: only a person has choices */
function requirePerson(actor: Actor): string {
  if (actor.kind === 'user') return actor.userId
  throw new Refusal('not_allowed', { message: 'Notifications are chosen by a signed-in member.' })
}
