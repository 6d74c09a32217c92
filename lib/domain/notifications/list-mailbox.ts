import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { type Locale, localeFrom } from '@/lib/core/locales'
import { readMailbox } from '@/lib/edges/email'
import { isDemo } from '@/lib/edges/env'

export interface MailboxMessageDto {
  id: string
  recipient: string
  /** The language that it is written in. */
  locale: Locale
  subject: string
  text: string
  html: string
  sentAt: string
}

const mostMessages = 100

/**
 * The demo's mailbox, newest first, for whoever asks: sign-in links are read here before anybody is signed in.
 * @throws Refusal `not_found` outside the demo.
 */
export async function listMailbox(
  _actor: Actor,
  { limit = 50 }: { limit?: number } = {},
): Promise<MailboxMessageDto[]> {
  if (!isDemo()) throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
  const rows = await readMailbox(Math.min(Math.max(limit, 1), mostMessages))
  return rows.map((row) => ({ ...row, locale: localeOf(row.html), sentAt: row.sentAt.toISOString() }))
}

const localeOf = (html: string): Locale => localeFrom(/<html lang="([\w-]+)"/.exec(html)?.[1])
