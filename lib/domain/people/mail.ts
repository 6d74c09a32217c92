/** The mail of an invitation, in the language of who is invited where it is known, else of who invites. */
import { localeFrom } from '@/lib/core/locales'
import { pool } from '@/lib/edges/db'
import { mailWords, renderMail, sendMail } from '@/lib/edges/email'
import { env } from '@/lib/edges/env'
import type { Role } from '../members/rules'
import { readAccountName, readLocaleOf, readPerson } from './store'

/** Mails the link of an invitation. Throws when no server has taken the mail. */
export async function mailInvitation(invited: {
  accountId: string
  email: string
  role: Role
  token: string
  expiresAt: Date
  inviter: string
}): Promise<void> {
  const [inviter, invitedLocale, account] = await Promise.all([
    readPerson(pool(), invited.inviter),
    readLocaleOf(invited.email),
    readAccountName(pool(), invited.accountId),
  ])
  const locale = localeFrom(invitedLocale, inviter?.locale)
  const { t, f, name } = mailWords(locale)
  const who = inviter ? name(inviter.email) : t('invitation.team')
  const mail = renderMail({
    locale,
    subject: t('invitation.subject', { who }),
    paragraphs: [
      t('invitation.says', { who, account: name(account?.name ?? ''), role: invited.role }),
      t('invitation.until', { at: f.instant(invited.expiresAt.toISOString(), account?.timeZone ?? 'UTC') }),
      t('invitation.ignore'),
    ],
    link: {
      label: t('links.seeInvitation'),
      href: new URL(`/invitations/${invited.token}`, env().APP_URL).href,
    },
  })
  await sendMail({ ...mail, to: invited.email })
}
