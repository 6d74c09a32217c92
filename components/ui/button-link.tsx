import Link from 'next/link'
import type { ReactNode } from 'react'
import { buttonLook, type Look } from './button-look'

type ButtonLinkProps = { href: string; look?: Look; isWide?: boolean; children: ReactNode }

/** A link that looks like a button, because it leads to the next step. Other origins open in the same tab. */
export function ButtonLink({ href, look = 'secondary', isWide, children }: ButtonLinkProps) {
  const className = buttonLook(look, isWide)
  if (/^https?:/.test(href)) {
    return (
      <a href={href} className={className}>
        {children}
      </a>
    )
  }
  return (
    <Link href={href} className={className}>
      {children}
    </Link>
  )
}
