'use client'

import clsx from 'clsx'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'

type NavLinkProps = { href: string; className: string; currentClassName: string; children: ReactNode }

/** A link that says when it is the page one is on. */
export function NavLink({ href, className, currentClassName, children }: NavLinkProps) {
  const isCurrent = usePathname() === href
  return (
    <Link
      href={href}
      aria-current={isCurrent ? 'page' : undefined}
      className={clsx(className, isCurrent && currentClassName)}
    >
      {children}
    </Link>
  )
}
