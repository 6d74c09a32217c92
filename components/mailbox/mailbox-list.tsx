import { ChevronDown } from 'lucide-react'
import { useTexts } from '#texts'
import type { MailboxMessageDto } from '@/lib/domain/notifications'
import { directionOf } from '../intl/locales'
import { EmptyState } from '../ui/empty-state'
import { TimeText } from '../ui/time'

/** Mails, newest first. The newest is open. */
export function MailboxList({ messages }: { messages: MailboxMessageDto[] }) {
  const t = useTexts('mailbox')
  if (messages.length === 0) return <EmptyState title={t('none')}>{t('noneBody')}</EmptyState>
  return (
    <ul className="divide-y divide-hairline rounded-ui border border-hairline bg-surface">
      {messages.map((message, index) => (
        <li key={message.id}>
          <details open={index === 0} className="group">
            <summary className="flex items-start gap-3 px-4 py-3 hover:bg-sunken">
              <span className="min-w-0 flex-1">
                <span lang={message.locale} dir={directionOf(message.locale)} className="block font-medium">
                  {message.subject}
                </span>
                <span className="block text-xs text-muted">
                  {t.rich('to', {
                    recipient: message.recipient,
                    time: () => <TimeText at={message.sentAt} timeZone="UTC" withClock />,
                  })}
                </span>
              </span>
              <ChevronDown aria-hidden="true" className="mt-1 size-4 flex-none text-muted group-open:rotate-180" />
            </summary>
            <div
              lang={message.locale}
              dir={directionOf(message.locale)}
              className="border-t border-hairline px-4 py-4 whitespace-pre-line"
            >
              {withLinks(message.text).map((part) =>
                part.isLink ? (
                  <a
                    key={part.at}
                    href={part.text}
                    dir="ltr"
                    className="font-medium break-all text-accent-ink underline underline-offset-4"
                  >
                    {part.text}
                  </a>
                ) : (
                  <span key={part.at}>{part.text}</span>
                ),
              )}
            </div>
          </details>
        </li>
      ))}
    </ul>
  )
}

/** The text cut at its web addresses. The mail's own HTML is never shown: text cannot carry a script. */
function withLinks(text: string): { text: string; isLink: boolean; at: number }[] {
  let at = 0
  return text.split(/(https?:\/\/[^\s<>"']+)/).map((part) => {
    const piece = { text: part, isLink: /^https?:\/\//.test(part), at }
    at += part.length
    return piece
  })
}
