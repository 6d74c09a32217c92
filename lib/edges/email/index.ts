/** Mail goes out through SMTP; in the demo without SMTP it lands in a mailbox page. Addresses are never logged. */
import { createHash } from 'node:crypto'
import { createTransport, type Transporter } from 'nodemailer'
import { v5 } from 'uuid'
import { normalizeEmail } from '@/lib/core/email'
import { invariant } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { env, isDemo } from '@/lib/edges/env'
import { insertMailboxMessage } from './store'

export { type MailBody, type MailContent, renderMail } from './content'
export { type MailboxRow, readMailbox, readSubjects } from './store'
export { type MailKey, type MailWords, mailWords } from './words'

export interface Mail {
  /** One plain address. */
  to: string
  subject: string
  text: string
  html: string
  /** What the mail is about, e.g. a notification's id: a repeat bears the same Message-ID, so that it can be told apart. */
  cause?: string
}

const smtpTimeoutMs = 15_000

/** For the ids of mailbox messages that have a cause. */
const mailboxNamespace = '6f5ae9d0-2b0a-4a53-9d5a-0a8f5b8f6c11'

let transport: { url: string; transporter: Transporter } | undefined

/**
 * Sends one mail to one address and returns when the server has taken it.
 * Throws when it has not: the caller repeats it with the same cause.
 */
export async function sendMail({ to, subject, text, html, cause }: Mail): Promise<void> {
  const recipient = normalizeEmail(to)
  invariant(recipient, 'mail goes to one plain address')
  const mail = { subject: oneLine(subject), text, html }
  const { SMTP_URL, MAIL_FROM, APP_URL } = env()
  if (!SMTP_URL) {
    invariant(isDemo(), 'SMTP_URL is set wherever mail must reach people')
    const id = cause && v5(`${cause} ${recipient}`, mailboxNamespace)
    await insertMailboxMessage({ ...mail, recipient, id, at: await now() })
    return
  }
  const messageId = cause && `<${sha256(`${cause} ${recipient}`)}@${new URL(APP_URL).hostname}>`
  await transporterFor(SMTP_URL).sendMail({
    ...mail,
    from: MAIL_FROM,
    // An object, not text: nothing in it is parsed as a list or a display name.
    to: { name: '', address: recipient },
    ...(messageId ? { messageId } : {}),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

function transporterFor(url: string): Transporter {
  if (transport?.url !== url) {
    const timeouts = { connectionTimeout: smtpTimeoutMs, greetingTimeout: smtpTimeoutMs, socketTimeout: smtpTimeoutMs }
    transport = { url, transporter: createTransport({ url, ...timeouts } as never) }
  }
  return transport.transporter
}

/** A header is one line: nothing typed by anybody can begin another. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const oneLine = (text: string): string => text.replace(/[\x00-\x1f\x7f\u0085\u2028\u2029]+/g, ' ').trim()

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 40)
