import clsx from 'clsx'

export type Look = 'primary' | 'secondary' | 'quiet' | 'danger'

const shape =
  'inline-flex min-h-9 items-center justify-center gap-2 rounded-ui px-3.5 text-base font-medium whitespace-nowrap ' +
  'transition-colors disabled:opacity-55 aria-disabled:opacity-55 max-lg:min-h-10'

const looks: Record<Look, string> = {
  primary: 'bg-accent text-on-accent enabled:hover:bg-accent-strong [a&]:hover:bg-accent-strong',
  secondary: 'border border-hairline bg-surface text-ink enabled:hover:bg-sunken [a&]:hover:bg-sunken',
  quiet: 'text-muted enabled:hover:bg-sunken enabled:hover:text-ink [a&]:hover:bg-sunken [a&]:hover:text-ink',
  danger: 'bg-bad-fill text-on-accent enabled:hover:brightness-110',
}

/** The classes of a button, or of a link that looks like one. */
export const buttonLook = (look: Look, isWide?: boolean): string => clsx(shape, looks[look], isWide && 'w-full')
