/** The mail of an invitation, in the language of the one who invites. */

import { pool } from '@/lib/edges/db'
import { renderMail, sendMail } from '@/lib/edges/email'
import { env } from '@/lib/edges/env'
import type { Role } from '../members/rules'
import { readAccountName, readPerson } from './store'

interface Words {
  roles: Record<Role, string>
  subject: (who: string) => string
  says: (who: string, account: string, role: string) => string
  until: (day: string) => string
  ignore: string
  join: string
  /** How a mail begins when nobody in particular invites. */
  team: string
}

const languages: Record<string, Words> = {
  en: {
    roles: { owner: 'owner', admin: 'admin', billing: 'billing', developer: 'developer', viewer: 'viewer' },
    subject: (who) => `${who} invites you to an account on Purse`,
    says: (who, account, role) => `${who} invites you to join the account “${account}” with the role “${role}”.`,
    until: (day) => `The link works once, until ${day}, and only for this e-mail address.`,
    ignore: 'If you do not know who invites you, ignore this mail. Nothing happens without the link.',
    join: 'See the invitation',
    team: 'The Purse team',
  },
  de: {
    roles: {
      owner: 'Inhaber',
      admin: 'Administrator',
      billing: 'Abrechnung',
      developer: 'Entwickler',
      viewer: 'Betrachter',
    },
    subject: (who) => `${who} lädt Sie zu einem Konto bei Purse ein`,
    says: (who, account, role) => `${who} lädt Sie ein, dem Konto „${account}“ mit der Rolle „${role}“ beizutreten.`,
    until: (day) => `Der Link gilt einmal, bis ${day}, und nur für diese E-Mail-Adresse.`,
    ignore: 'Wenn Sie nicht wissen, wer Sie einlädt, ignorieren Sie diese E-Mail. Ohne den Link geschieht nichts.',
    join: 'Einladung ansehen',
    team: 'Das Purse-Team',
  },
  ar: {
    roles: { owner: 'مالك', admin: 'مدير', billing: 'الفوترة', developer: 'مطوّر', viewer: 'مشاهد' },
    subject: (who) => `دعوة من ${who} للانضمام إلى حساب على Purse`,
    says: (who, account, role) => `يدعوك ${who} للانضمام إلى الحساب «${account}» بدور «${role}».`,
    until: (day) => `يعمل الرابط مرة واحدة حتى ${day}، ولهذا العنوان فقط.`,
    ignore: 'إذا كنت لا تعرف صاحب الدعوة فتجاهل هذه الرسالة. لا يحدث شيء من دون الرابط.',
    join: 'عرض الدعوة',
    team: 'فريق Purse',
  },
}

/** Mails the link of an invitation. Throws when no server has taken the mail. */
export async function mailInvitation(invited: {
  accountId: string
  email: string
  role: Role
  token: string
  expiresAt: Date
  inviter: string
}): Promise<void> {
  const [inviter, accountName] = await Promise.all([
    readPerson(pool(), invited.inviter),
    readAccountName(pool(), invited.accountId),
  ])
  const locale = languages[inviter?.locale ?? ''] ? inviter!.locale! : 'en'
  const words = languages[locale]!
  const who = inviter?.email ?? words.team
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(invited.expiresAt)
  const mail = renderMail({
    locale,
    subject: words.subject(who),
    paragraphs: [words.says(who, accountName ?? '', words.roles[invited.role]), words.until(day), words.ignore],
    link: { label: words.join, href: new URL(`/invitations/${invited.token}`, env().APP_URL).href },
  })
  await sendMail({ ...mail, to: invited.email })
}
