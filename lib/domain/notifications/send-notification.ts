import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { localeFrom } from '@/lib/core/locales'
import { dayMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool } from '@/lib/edges/db'
import { type MailContent, renderMail, sendMail } from '@/lib/edges/email'
import { env } from '@/lib/edges/env'
import { enqueue } from '@/lib/edges/queue'
import { postWebhook, WebhookFailed } from '@/lib/edges/webhook'
import { requireRole } from '../members'
import { rolesThatAreTold } from '../members/rules'
import { slackMessage } from './chat-message'
import { type Reason, writeMessage } from './messages'
import { type BudgetFacts, failuresBeforeStop, topicOf, wants } from './rules'
import {
  deliveryKey,
  type Listener,
  type NotificationRow,
  readDeliveries,
  readLimitedUser,
  readListeners,
  readNotification,
  saveDelivery,
  saveSent,
  saveTry,
} from './store'

/** Old news is no help in a chat. */
const webhookPatienceMs = dayMs

/**
 * Mails a notification to the members who want its topic by e-mail (or to the one member whom it is for), and hands it to the
 * webhooks of those who want it there, unless that was done. Run again after a crash it mails nobody whose mail is known to have
 * gone out; the one that was on its way goes again under the same Message-ID, and mail programs show the repeat once.
 */
export async function sendNotification(
  actor: Actor,
  { accountId, notificationId }: { accountId: string; notificationId: string },
): Promise<void> {
  await requireRole(actor, accountId, 'account:write')
  const notification = await requireNotification(accountId, notificationId)
  if (notification.sentAt) return

  const [listeners, delivered, limitedUserId] = await Promise.all([
    listenersOf(accountId, notification),
    readDeliveries(accountId, notificationId),
    limitedUser(accountId, notification),
  ])
  const topic = topicOf(notification.kind)
  for (const listener of listeners) {
    const { userId, email } = listener
    const isForThem = isForOne(notification) || userId === limitedUserId
    if (!wants(listener, topic, 'email', isForThem) || delivered.has(deliveryKey(userId, 'email'))) continue
    const mail = renderMail(contentOf(notification, listener, limitedUserId))
    await sendMail({ ...mail, to: email, cause: `notification:${notificationId}` })
    await saveDelivery(pool(), { accountId, notificationId, userId, channel: 'email', at: await now() })
  }
  const at = await now()
  await inTransaction(async (tx) => {
    for (const listener of listeners) {
      const { userId } = listener
      if (!listener.webhookUrl || !wants(listener, topic, 'webhook')) continue
      const key = `send-webhook:${notificationId}:${userId}`
      await enqueue(tx, 'send-webhook', { accountId, notificationId, userId }, { key })
    }
    await saveSent(tx, accountId, notificationId, at)
  })
}

/**
 * Posts a notification to a member's webhook, once. Tried again for a day; after some failures in a row the address gets nothing
 * more until the member saves it again.
 * @throws WebhookFailed to be tried again
 */
export async function sendWebhook(
  actor: Actor,
  { accountId, notificationId, userId }: { accountId: string; notificationId: string; userId: string },
): Promise<void> {
  await requireRole(actor, accountId, 'account:write')
  const notification = await requireNotification(accountId, notificationId)
  const at = await now()
  if (at.getTime() - notification.createdAt.getTime() > webhookPatienceMs) return
  const [listener] = await readListeners(accountId, userId)
  if (!listener?.webhookUrl) return
  if ((await readDeliveries(accountId, notificationId)).has(deliveryKey(userId, 'webhook'))) return

  const limitedUserId = await limitedUser(accountId, notification)
  const error = await tryToPost(listener.webhookUrl, slackMessage(contentOf(notification, listener, limitedUserId)))
  await inTransaction(async (tx) => {
    const url = listener.webhookUrl!
    await saveTry(tx, { accountId, userId, url, error: error && noteOf(error), mostFailures: failuresBeforeStop, at })
    if (!error) await saveDelivery(tx, { accountId, notificationId, userId, channel: 'webhook', at })
  })
  if (error) throw error
}

/** "timeout", "answered 500": what is kept of a failure. */
export const noteOf = ({ code, status }: WebhookFailed): string => (status === null ? code : `${code} ${status}`)

/** What an address answers to a message: null when it took it. */
export async function tryToPost(url: string, message: unknown): Promise<WebhookFailed | null> {
  try {
    await postWebhook(url, message)
    return null
  } catch (error) {
    if (error instanceof WebhookFailed) return error
    throw error
  }
}

async function requireNotification(accountId: string, notificationId: string): Promise<NotificationRow> {
  const notification = await readNotification(accountId, notificationId)
  if (!notification) throw new Refusal('not_found', { message: 'There is no such notification.' })
  return notification
}

/** The message in the listener's language, with why they hear of it. */
function contentOf(notification: NotificationRow, listener: Listener, limitedUserId: string | null): MailContent {
  const { kind, facts, accountName, timeZone } = notification
  const reason = reasonOf(notification, listener, limitedUserId)
  const appUrl = new URL(env().APP_URL).origin
  return writeMessage(kind, facts as never, {
    locale: localeFrom(listener.locale),
    appUrl,
    accountName,
    timeZone,
    reason,
  })
}

function reasonOf(notification: NotificationRow, { userId, role }: Listener, limitedUserId: string | null): Reason {
  if (isForOne(notification)) return 'asked'
  if (rolesThatAreTold.includes(role)) return 'billing'
  return userId === limitedUserId ? 'limited' : 'chosen'
}

/** Whom a budget limits that is near or reached; null when this is about something else. */
async function limitedUser(accountId: string, { kind, facts }: NotificationRow): Promise<string | null> {
  if (kind !== 'budget_warning' && kind !== 'budget_reached') return null
  const { scope, subjectId } = facts as BudgetFacts
  return (scope === 'key' || scope === 'member') && subjectId ? readLimitedUser(accountId, { scope, subjectId }) : null
}

/** Whether the facts name the one member whom it is for. */
const isForOne = ({ facts }: NotificationRow): boolean => Object.hasOwn(facts as object, 'toUserId')

/** All members; the one member whom the facts name; nobody when that one has left. */
async function listenersOf(accountId: string, notification: NotificationRow): Promise<Listener[]> {
  if (!isForOne(notification)) return readListeners(accountId, null)
  const { toUserId } = notification.facts as { toUserId?: unknown }
  return typeof toUserId === 'string' && isId(toUserId) ? readListeners(accountId, toUserId) : []
}
