import { newId } from '@/lib/core/ids'
import { query } from '@/lib/edges/db'

export interface MailboxRow {
  id: string
  recipient: string
  subject: string
  text: string
  html: string
  sentAt: Date
}

/** Puts a mail into the demo's mailbox. The same message id is the same mail: sent twice, it lies there once. */
export async function insertMailboxMessage(
  mail: Omit<MailboxRow, 'id' | 'sentAt'> & { id?: string | undefined; at: Date },
) {
  await query(
    `insert into mailbox_messages (id, recipient, subject, text, html, sent_at)
     values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing`,
    [mail.id ?? newId(), mail.recipient, mail.subject, mail.text, mail.html, mail.at],
  )
}

/** The newest mails first. */
export async function readMailbox(limit: number): Promise<MailboxRow[]> {
  return query<MailboxRow>(
    `select id, recipient, subject, text, html, sent_at as "sentAt"
       from mailbox_messages order by sent_at desc, id desc limit $1`,
    [limit],
  )
}

/** The newest mails to any of these addresses, without their contents. */
export async function readSubjects(
  recipients: string[],
  limit: number,
): Promise<Pick<MailboxRow, 'id' | 'subject' | 'sentAt'>[]> {
  return query(
    `select id, subject, sent_at as "sentAt" from mailbox_messages
      where recipient = any($1) order by sent_at desc, id desc limit $2`,
    [recipients, limit],
  )
}
