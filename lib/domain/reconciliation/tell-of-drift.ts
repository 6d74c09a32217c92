import type { Actor } from '@/lib/core/actor'
import { renderMail, sendMail } from '@/lib/edges/email'
import { env } from '@/lib/edges/env'
import { operatorContacts } from '../members'
import { readDriftReport } from './reports'

const mostNamed = 20

/** Mails what waits for a person to the staff that looks after the platform. Run again it repeats mails under the same Message-ID. */
export async function tellOfDrift(actor: Actor, { reportId }: { reportId: string }): Promise<void> {
  const { counts, findings } = await readDriftReport(actor, { reportId })
  const open = findings.filter(({ state }) => state === 'open')
  const named = open.slice(0, mostNamed).map(({ kind, sentence, whatToDo }) => `${kind}: ${sentence} ${whatToDo}`)
  const rest = counts.open - named.length
  const differences = counts.open === 1 ? 'one difference' : `${counts.open} differences`
  const mail = renderMail({
    subject: `Stripe and the books: ${differences}`,
    paragraphs: [
      `The reconciliation found ${differences} between Stripe and the books.`,
      ...named,
      ...(rest > 0 ? [`And ${rest} more.`] : []),
      `Report ${reportId}.`,
    ],
    link: { label: 'Open the report', href: `${new URL(env().APP_URL).origin}/operator` },
    footer: 'You receive this because you look after this platform.',
  })
  for (const to of await operatorContacts('platform:write')) await sendMail({ ...mail, to, cause: `drift:${reportId}` })
}
