import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { renderMail, sendMail } from '@/lib/edges/email'
import { env } from '@/lib/edges/env'
import { operatorContacts, requireOperator } from '../members'
import { switchText } from './rules'
import { readSwitchChange } from './store'

/** Mails a turned switch to the staff that may turn it. Run again it repeats mails under the same Message-ID. */
export async function tellOperators(actor: Actor, { changeId }: { changeId: string }): Promise<void> {
  await requireOperator(actor, 'platform:write')
  const change = await readSwitchChange(changeId)
  if (!change) throw new Refusal('not_found', { message: 'There is no such change of a switch.' })
  const { title, means } = switchText(change.name, change.isOn)
  const mail = renderMail({
    subject: title,
    paragraphs: [`${title}: ${change.reason}`, means, `By ${change.changedBy} at ${change.at.toISOString()}.`],
    link: { label: 'Open the operator pages', href: `${new URL(env().APP_URL).origin}/operator` },
    footer: 'You receive this because you look after this platform.',
  })
  for (const to of await operatorContacts('platform:write'))
    await sendMail({ ...mail, to, cause: `switch:${changeId}` })
}
