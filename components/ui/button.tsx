import clsx from 'clsx'
import Link from 'next/link'
import type { ComponentProps, ReactNode } from 'react'

type Look = 'primary' | 'secondary' | 'quiet' | 'danger'

const shape =
  'inline-flex min-h-9 items-center justify-center gap-2 rounded-ui px-3.5 text-base font-medium whitespace-nowrap ' +
  'transition-colors disabled:opacity-55 aria-disabled:opacity-55 max-lg:min-h-10'

const looks: Record<Look, string> = {
  primary: 'bg-accent text-on-accent enabled:hover:bg-accent-strong [a&]:hover:bg-accent-strong',
  secondary: 'border border-hairline bg-surface text-ink enabled:hover:bg-sunken [a&]:hover:bg-sunken',
  quiet: 'text-muted enabled:hover:bg-sunken enabled:hover:text-ink [a&]:hover:bg-sunken [a&]:hover:text-ink',
  danger: 'bg-bad-fill text-on-accent enabled:hover:brightness-110',
}

type ButtonProps = Omit<ComponentProps<'button'>, 'className'> & {
  look?: Look
  /** Shown in place of the label while the work is under way; the button cannot be pressed meanwhile. */
  busyLabel?: string
  isBusy?: boolean
  isWide?: boolean
}

export function Button({ look = 'secondary', busyLabel, isBusy = false, isWide, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || isBusy}
      className={clsx(shape, looks[look], isWide && 'w-full')}
    >
      {isBusy && busyLabel ? busyLabel : children}
    </button>
  )
}

type ButtonLinkProps = { href: string; look?: Look; isWide?: boolean; children: ReactNode }

/** A link that looks like a button, because it leads to the next step. Other origins open in the same tab. */
export function ButtonLink({ href, look = 'secondary', isWide, children }: ButtonLinkProps) {
  const className = clsx(shape, looks[look], isWide && 'w-full')
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
