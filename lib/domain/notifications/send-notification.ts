import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { renderMail, sendMail } from '@/lib/edges/email'
import { env } from '@/lib/edges/env'
import { billingContacts, requireRole } from '../members'
import { writeMessage } from './messages'
import { type NotificationRow, readNotification, saveSent } from './store'

/**
 * Mails a notification to those who look after the account's money, or to the one member whom it is for, unless that was done. Run again after a crash it
 * repeats mails under the same Message-ID: nobody is left out, and mail programs show the repeat once.
 */
export async function sendNotification(
  actor: Actor,
  { accountId, notificationId }: { accountId: string; notificationId: string },
): Promise<void> {
  await requireRole(actor, accountId, 'account:write')
  const notification = await readNotification(accountId, notificationId)
  if (!notification) throw new Refusal('not_found', { message: 'There is no such notification.' })
  if (notification.sentAt) return

  const { kind, accountName, timeZone } = notification
  const place = { appUrl: new URL(env().APP_URL).origin, accountName, timeZone }
  const mail = renderMail(writeMessage(kind, notification.facts as never, place))
  for (const to of await recipients(accountId, notification))
    await sendMail({ ...mail, to, cause: `notification:${notificationId}` })

  await saveSent(accountId, notificationId, await now())
}

const recipients = async (accountId: string, { facts, toEmail }: NotificationRow): Promise<string[]> => {
  if (!Object.hasOwn(facts as object, 'toUserId')) return billingContacts(accountId)
  return toEmail ? [toEmail] : []
}
