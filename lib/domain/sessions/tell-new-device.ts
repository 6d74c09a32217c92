import { type Actor, actorName } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { localeFrom } from '@/lib/core/locales'
import { mailWords, renderMail, sendMail } from '@/lib/edges/email'
import { env } from '@/lib/edges/env'
import { deviceName } from './rules'
import { readDevice } from './store'

/**
 * Mails a person that somebody has signed in as them on a device that was not seen before: when, with which browser, from where. It is
 * about their safety, so nobody can choose not to hear of it. Run again it repeats the mail under the same Message-ID.
 */
export async function tellNewDevice(
  actor: Actor,
  { userId, deviceHash }: { userId: string; deviceHash: string },
): Promise<void> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: `${actorName(actor)} tells of no devices.` })
  const seen = await readDevice(userId, deviceHash)
  if (!seen) return
  const locale = localeFrom(seen.locale)
  const { t, f, name } = mailWords(locale)
  const { browser, system } = deviceName(seen.userAgent)
  const device = browser && system ? 'both' : browser ? 'browser' : system ? 'system' : 'unknown'
  const mail = renderMail({
    locale,
    subject: t('new_device.subject'),
    paragraphs: [
      t('new_device.what', { email: name(seen.email) }),
      t('new_device.at', { at: f.instant(seen.firstSeenAt.toISOString(), seen.timeZone ?? 'UTC') }),
      t('new_device.browser', { device, browser: name(browser ?? ''), system: name(system ?? '') }),
      seen.ip ? t('new_device.address', { ip: name(seen.ip) }) : t('new_device.noAddress'),
      t('new_device.next'),
    ],
    link: { label: t('links.seeSessions'), href: new URL('/settings/sessions', env().APP_URL).href },
    footer: t('why.safety'),
  })
  await sendMail({ ...mail, to: seen.email, cause: `new-device:${userId}:${deviceHash}` })
}
