'use client'

import clsx from 'clsx'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'
import { isEnglishOnly } from '../intl/locales'

type NavLinkProps = {
  href: string
  /** Where the addresses of its pages begin, if not with its own. */
  around?: string | undefined
  className: string
  currentClassName: string
  children: ReactNode
}

/** A link that says when it is the page one is on, or the part of the dashboard that the page belongs to. */
export function NavLink({ href, around = href, className, currentClassName, children }: NavLinkProps) {
  const path = usePathname()
  const isCurrent = path === href
  const isAround = href !== '/' && path.startsWith(`${around}/`)
  const current = clsx(className, (isCurrent || isAround) && currentClassName)
  // The staff's pages are English: the whole page changes its language, and with it the way it runs.
  if (isEnglishOnly(href) !== isEnglishOnly(path)) {
    return (
      <a href={href} className={current}>
        {children}
      </a>
    )
  }
  return (
    <Link href={href} aria-current={isCurrent ? 'page' : isAround ? 'true' : undefined} className={current}>
      {children}
    </Link>
  )
}
