/** Notifications: what an account is told, once per cause, and which of its members hear of it how. */
export {
  getNotificationChoices,
  type NotificationChoicesDto,
  saveNotificationChoices,
  saveWebhook,
  setLowBalance,
  testWebhook,
  type WebhookDto,
} from './choices'
export { type InboxDto, type InboxItemDto, listInbox, markInboxRead } from './inbox'
export { listMailbox, type MailboxMessageDto } from './list-mailbox'
export { notify } from './notify'
export type { CardFacts, NotificationFacts, NotificationKind } from './rules'
export { sendNotification, sendWebhook } from './send-notification'
export { watchBalances } from './watch-balances'
