'use client'

import { Bell as BellIcon } from 'lucide-react'
import Link from 'next/link'
import { useTexts } from '#texts'
import { useReadUntil } from './read-until'

/** Leads to what the account was told; says how much of it is new. `newest`: when the latest of it came. */
export function Bell({ newCount, newest }: { newCount: number; newest: string }) {
  const t = useTexts('notifications.bell')
  const count = newest <= useReadUntil() ? 0 : newCount
  const label = count > 0 ? t('news', { count }) : t('label')
  return (
    <Link
      href="/notifications"
      aria-label={label}
      className="relative flex size-11 flex-none items-center justify-center rounded-ui text-muted hover:bg-sunken hover:text-ink lg:size-9"
    >
      <BellIcon aria-hidden="true" className="size-5 lg:size-4" />
      {count > 0 && <span className="absolute end-2 top-2 size-2 rounded-full bg-accent lg:end-1.5 lg:top-1.5" />}
    </Link>
  )
}
