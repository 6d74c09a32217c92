import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTexts } from '#texts'
import { NavLink } from './nav-links'

/** A page that the navigation leads to. */
export type Place = { href: string; around?: string; label: string; Icon: LucideIcon }

type FrameProps = {
  /** On a desktop at the left, on a phone at the top. */
  side: ReactNode
  top: ReactNode
  /** On a phone at the bottom: four places, or three and what opens the rest. */
  bottom: Place[]
  more?: ReactNode
  children: ReactNode
}

/** How a place at the bottom looks. */
export const bottomLook = 'flex min-h-14 flex-col items-center justify-center gap-1 text-xs font-medium text-muted'

/** The frame of every signed-in page. */
export function Frame({ side, top, bottom, more, children }: FrameProps) {
  const t = useTexts('shell')
  return (
    <div className="lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="fixed top-2 start-2 z-40 -translate-y-20 rounded-ui bg-accent px-4 py-2 font-medium text-on-accent focus:translate-y-0"
      >
        {t('skip')}
      </a>

      <header className="sticky top-0 flex h-dvh flex-col gap-4 overflow-y-auto border-e border-hairline px-3 py-5 max-lg:hidden">
        {side}
      </header>
      <header className="sticky top-0 z-20 flex h-14 items-center justify-between gap-3 border-b border-hairline bg-canvas px-4 sm:px-6 lg:hidden [@media(max-height:30rem)]:static">
        {top}
      </header>

      <main id="main" tabIndex={-1} className="min-w-0 outline-none max-lg:pb-24">
        <div className="mx-auto max-w-270 px-4 py-6 sm:px-6 lg:px-10 lg:py-9">{children}</div>
      </main>

      <nav
        aria-label={t('main')}
        className="fixed inset-x-0 bottom-0 z-20 grid grid-cols-4 border-t border-hairline bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden"
      >
        {bottom.map(({ href, around, label, Icon }) => (
          <NavLink key={href} href={href} around={around} className={bottomLook} currentClassName="text-accent-ink!">
            <Icon aria-hidden="true" className="size-5" />
            {label}
          </NavLink>
        ))}
        {more}
      </nav>
    </div>
  )
}

/** The navigation at the left. */
export const SideLinks = ({ places }: { places: Place[] }) => {
  const t = useTexts('shell')
  return (
    <nav aria-label={t('main')} className="flex flex-col gap-0.5">
      {places.map(({ href, around, label, Icon }) => (
        <NavLink
          key={href}
          href={href}
          around={around}
          className="flex min-h-9 items-center gap-2.5 rounded-ui px-2.5 font-medium text-muted hover:bg-sunken hover:text-ink"
          currentClassName="bg-sunken text-ink!"
        >
          <Icon aria-hidden="true" className="size-4 flex-none" />
          {label}
        </NavLink>
      ))}
    </nav>
  )
}

/** Opens what is kept behind the person on a phone (the browser's own popover). */
export const PersonButton = ({ opens, children }: { opens: string; children: ReactNode }) => {
  const t = useTexts('shell')
  return (
    <button
      type="button"
      popoverTarget={opens}
      aria-label={t('account')}
      className="flex size-11 flex-none items-center justify-center rounded-ui text-muted hover:bg-sunken"
    >
      {children}
    </button>
  )
}
