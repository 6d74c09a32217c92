import Link from 'next/link'
import type { ReactNode } from 'react'
import { useTexts } from '#texts'

type TextLinkProps = { href: string; children: ReactNode; opensAway?: boolean }

/** How a link inside text looks. */
export const textLinkLook =
  'font-medium text-accent-ink underline decoration-hairline underline-offset-4 hover:decoration-current'

/** A link inside text. `opensAway` is for pages that are not ours, such as a receipt at Stripe. */
export function TextLink({ href, children, opensAway = false }: TextLinkProps) {
  const t = useTexts('ui')
  if (opensAway || !href.startsWith('/')) {
    return (
      <a href={href} className={textLinkLook} {...(opensAway && { target: '_blank', rel: 'noreferrer' })}>
        {children}
        {opensAway && <span className="sr-only"> {t('newTab')}</span>}
      </a>
    )
  }
  return (
    <Link href={href} className={textLinkLook}>
      {children}
    </Link>
  )
}
