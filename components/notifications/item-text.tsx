'use client'

import type { ReactNode } from 'react'
import { useTexts } from '#texts'
import { Badge } from '../ui/badge'
import { useReadUntil } from './read-until'

/** What the account was told, marked while it is new. */
export function ItemText({ at, isNew, children }: { at: string; isNew: boolean; children: ReactNode }) {
  const t = useTexts('notifications')
  const readUntil = useReadUntil()
  const isShownAsNew = isNew && at > readUntil
  return (
    <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
      <span className={isShownAsNew ? 'font-medium' : undefined}>{children}</span>
      {isShownAsNew && <Badge tone="accent">{t('isNew')}</Badge>}
    </span>
  )
}
