'use client'

import clsx from 'clsx'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { type ReactNode, useEffect, useRef } from 'react'

/** A tab that leads to a page of its own. */
export function TabLink({ href, children }: { href: string; children: ReactNode }) {
  const isCurrent = usePathname() === href
  const link = useRef<HTMLAnchorElement>(null)

  // On a phone the row is wider than the screen.
  useEffect(() => {
    if (isCurrent) link.current?.scrollIntoView({ inline: 'center', block: 'nearest' })
  }, [isCurrent])

  return (
    <Link
      ref={link}
      href={href}
      aria-current={isCurrent ? 'page' : undefined}
      className={clsx(
        '-mb-px flex min-h-10 items-center border-b-2 px-3 font-medium whitespace-nowrap -outline-offset-2! hover:text-ink',
        isCurrent ? 'border-accent-ink text-ink' : 'border-transparent text-muted',
      )}
    >
      {children}
    </Link>
  )
}
