'use client'

import { useRouter } from 'next/navigation'
import { useLayoutEffect, useRef } from 'react'
import { useTexts } from '#texts'
import { accountUrl } from '../api'
import { Button } from '../ui/button'
import { useOptimisticPost } from '../use-optimistic-post'
import { getReadUntil, setReadUntil, useReadUntil } from './read-until'

type MarkReadProps = { accountId: string; until: string; hasNew: boolean }

/** Marks what the page shows as read, at once; what has come since stays new. */
export function MarkRead({ accountId, until, hasNew }: MarkReadProps) {
  const t = useTexts('notifications')
  const router = useRouter()
  const isMarked = until <= useReadUntil()
  const box = useRef<HTMLDivElement>(null)
  const hadFocus = useRef(false)
  const before = useRef('')
  const mark = useOptimisticPost(accountUrl(accountId, 'notifications/read'), {
    show: () => {
      hadFocus.current = box.current?.contains(document.activeElement) ?? false
      before.current = getReadUntil()
      setReadUntil(until)
    },
    takeBack: () => setReadUntil(before.current),
    onDone: () => router.refresh(),
  })

  // What the keyboard stood on is gone: it goes on from what stands in its place.
  useLayoutEffect(() => {
    const { activeElement, body } = document
    const isStillHere = activeElement === body || box.current?.contains(activeElement)
    if (hadFocus.current && isStillHere) box.current?.querySelector<HTMLElement>('button, [tabindex]')?.focus()
  }, [isMarked])

  return (
    <div ref={box} className="flex flex-col gap-2">
      {hasNew && !isMarked && <Button onClick={() => mark.send({ until })}>{t('read')}</Button>}
      <p role="status" tabIndex={isMarked ? -1 : undefined} className="text-muted empty:hidden">
        {isMarked && t('allRead')}
      </p>
      <p role="alert" className="max-w-prose text-bad-ink empty:hidden">
        {mark.failure && t('notRead', { reason: mark.failure.reason })}
      </p>
    </div>
  )
}
