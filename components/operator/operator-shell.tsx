import { ArrowLeft, CircleUser, Inbox, type LucideIcon, Scale, Users, Zap } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { NavLink } from '../shell/nav-links'
import { SignOut } from '../shell/sign-out'
import { type Theme, ThemeSwitch } from '../shell/theme-switch'
import { Wordmark } from '../shell/wordmark'
import { Badge } from '../ui/badge'

const places: { href: string; label: string; Icon: LucideIcon }[] = [
  { href: '/operator', label: 'Accounts', Icon: Users },
  { href: '/operator/auto-top-up', label: 'Auto top-up', Icon: Zap },
  { href: '/operator/drift', label: 'Drift', Icon: Scale },
  { href: '/operator/events', label: 'Events', Icon: Inbox },
]

type OperatorShellProps = { role: string; email: string; theme: Theme; children: ReactNode }

/** The frame of the staff's pages: as the dashboard's, and told apart from it by its badge. */
export function OperatorShell({ role, email, theme, children }: OperatorShellProps) {
  return (
    <div className="lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="fixed top-2 left-2 z-40 -translate-y-20 rounded-ui bg-accent px-4 py-2 font-medium text-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>

      <header className="sticky top-0 flex h-dvh flex-col gap-4 border-r border-hairline px-3 py-5 max-lg:hidden">
        <Home />
        <nav aria-label="Main" className="flex flex-col gap-0.5">
          {places.map(({ href, label, Icon }) => (
            <NavLink
              key={href}
              href={href}
              className="flex min-h-9 items-center gap-2.5 rounded-ui px-2.5 font-medium text-muted hover:bg-sunken hover:text-ink"
              currentClassName="bg-sunken text-ink!"
            >
              <Icon aria-hidden="true" className="size-4 flex-none" />
              {label}
            </NavLink>
          ))}
        </nav>
        <div className="mt-auto flex flex-col gap-3 px-1">
          <BackToAccount />
          <ThemeSwitch initial={theme} name="operator" />
          <Who role={role} email={email} />
          <SignOut />
        </div>
      </header>

      <header className="sticky top-0 z-20 flex h-14 items-center justify-between gap-3 border-b border-hairline bg-canvas px-4 sm:px-6 lg:hidden">
        <Home />
        <button
          type="button"
          popoverTarget="operator-menu"
          aria-label="Account menu"
          className="flex size-11 flex-none items-center justify-center rounded-ui text-muted hover:bg-sunken"
        >
          <CircleUser aria-hidden="true" className="size-5" />
        </button>
        <div
          id="operator-menu"
          popover="auto"
          className="inset-auto top-14 right-3 m-0 w-72 rounded-ui border border-hairline bg-surface p-3 text-ink"
        >
          <div className="flex flex-col gap-3">
            <Who role={role} email={email} />
            <ThemeSwitch initial={theme} name="operator-phone" />
            <BackToAccount />
            <SignOut />
          </div>
        </div>
      </header>

      <main id="main" tabIndex={-1} className="min-w-0 outline-none max-lg:pb-24">
        <div className="mx-auto max-w-270 px-4 py-6 sm:px-6 lg:px-10 lg:py-9">{children}</div>
      </main>

      <nav
        aria-label="Main"
        className="fixed inset-x-0 bottom-0 z-20 grid grid-cols-4 border-t border-hairline bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden"
      >
        {places.map(({ href, label, Icon }) => (
          <NavLink
            key={href}
            href={href}
            className="flex min-h-14 flex-col items-center justify-center gap-1 text-xs font-medium text-muted"
            currentClassName="text-accent-ink!"
          >
            <Icon aria-hidden="true" className="size-5" />
            {label}
          </NavLink>
        ))}
      </nav>
    </div>
  )
}

const Home = () => (
  <Link href="/operator" aria-label="Purse, operator pages" className="mx-2 flex w-fit items-center gap-2 rounded-ui">
    <Wordmark />
    <Badge tone="accent">Operator</Badge>
  </Link>
)

const BackToAccount = () => (
  <Link
    href="/"
    className="flex min-h-9 items-center gap-2.5 rounded-ui px-1.5 font-medium text-muted hover:bg-sunken hover:text-ink"
  >
    <ArrowLeft aria-hidden="true" className="size-4" />
    My own account
  </Link>
)

const Who = ({ role, email }: { role: string; email: string }) => (
  <p className="min-w-0 px-1.5 text-xs text-muted">
    <span className="block truncate">{email}</span>
    <span className="block">Operator role: {role}</span>
  </p>
)
