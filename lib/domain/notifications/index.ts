/** Notifications: what an account is told, once per cause. */
export { listMailbox, type MailboxMessageDto } from './list-mailbox'
export { notify } from './notify'
export type { CardFacts, NotificationFacts, NotificationKind } from './rules'
export { sendNotification } from './send-notification'
