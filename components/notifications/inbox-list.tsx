import Link from 'next/link'
import { useFormats, useTexts } from '#texts'
import type { InboxItemDto } from '@/lib/domain/notifications'
import { ItemText } from './item-text'
import { wordsOf } from './item-words'

/** What the account was told, newest first, each leading to where it can be seen. */
export function InboxList({ items, timeZone }: { items: InboxItemDto[]; timeZone: string }) {
  const words = useTexts('notifications.items')
  const f = useFormats()
  return (
    <ol className="rounded-ui border border-hairline bg-surface">
      {items.map((item) => {
        const { text, href } = wordsOf(item, words, f)
        return (
          <li key={item.notificationId} className="border-b border-hairline last:border-b-0">
            <Link href={href} className="block px-4 py-3 hover:bg-sunken sm:px-5">
              <ItemText at={item.at} isNew={item.isNew}>
                {text}
              </ItemText>
              <time dateTime={item.at} className="block text-muted">
                {f.instant(item.at, timeZone)}
              </time>
            </Link>
          </li>
        )
      })}
    </ol>
  )
}
