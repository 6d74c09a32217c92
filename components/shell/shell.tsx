import {
  ChevronsUpDown,
  CircleDollarSign,
  CircleUser,
  FlaskConical,
  House,
  Inbox,
  type LucideIcon,
  Receipt,
  Settings2,
  ShieldCheck,
} from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { StandingDto } from '@/lib/domain/accounts'
import { BalanceAnnouncer } from '../accounts/balance-announcer'
import { BalanceChip } from '../accounts/balance-chip'
import { FreshPage } from './fresh-page'
import { NavLink } from './nav-links'
import { PaletteKey } from './palette-key'
import { SignOut } from './sign-out'
import { type Theme, ThemeSwitch } from './theme-switch'
import { Wordmark } from './wordmark'

type Place = { href: string; label: string; Icon: LucideIcon }

const places: Place[] = [
  { href: '/', label: 'Overview', Icon: House },
  { href: '/credits', label: 'Credits', Icon: CircleDollarSign },
  { href: '/receipts', label: 'Receipts', Icon: Receipt },
  { href: '/settings', label: 'Settings', Icon: Settings2 },
]
const demoPlaces: Place[] = [
  { href: '/fault-lab', label: 'Fault lab', Icon: FlaskConical },
  { href: '/mailbox', label: 'Mailbox', Icon: Inbox },
]
const operatorPlace: Place = { href: '/operator', label: 'Operator', Icon: ShieldCheck }

/** What not everybody has: at the left on a desktop, in the account's menu on a phone. */
const morePlaces = ({ isDemo, isOperator }: { isDemo: boolean; isOperator: boolean }): Place[] => [
  ...(isDemo ? demoPlaces : []),
  ...(isOperator ? [operatorPlace] : []),
]

type ShellProps = {
  standing: StandingDto
  email: string
  theme: Theme
  isDemo: boolean
  isOperator: boolean
  children: ReactNode
}

/** The frame of every signed-in page: navigation at the left on a desktop, at the bottom on a phone. */
export function Shell({ standing, email, theme, isDemo, isOperator, children }: ShellProps) {
  const more = morePlaces({ isDemo, isOperator })
  return (
    <div className="lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="fixed top-2 left-2 z-40 -translate-y-20 rounded-ui bg-accent px-4 py-2 font-medium text-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>

      <SideBar standing={standing} email={email} theme={theme} more={more} />
      <TopBar standing={standing} email={email} theme={theme} more={more} />

      <main id="main" tabIndex={-1} className="min-w-0 outline-none max-lg:pb-24">
        <div className="mx-auto max-w-270 px-4 py-6 sm:px-6 lg:px-10 lg:py-9">{children}</div>
      </main>

      <BottomBar />
      <BalanceAnnouncer initial={standing} />
      <FreshPage initial={standing} />
    </div>
  )
}

type BarProps = Pick<ShellProps, 'standing' | 'email' | 'theme'> & { more: Place[] }

function SideBar({ standing, email, theme, more }: BarProps) {
  return (
    <header className="sticky top-0 flex h-dvh flex-col gap-4 border-r border-hairline px-3 py-5 max-lg:hidden">
      <Link href="/" aria-label="Purse, overview" className="mx-2 w-fit rounded-ui">
        <Wordmark />
      </Link>
      <PaletteKey />
      <nav aria-label="Main" className="flex flex-col gap-0.5">
        {[...places, ...more].map(({ href, label, Icon }) => (
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
      <div className="mt-auto flex flex-col gap-3">
        <BalanceChip initial={standing} />
        <AccountMenu name={standing.accountName} email={email} theme={theme} more={[]} />
      </div>
    </header>
  )
}

function TopBar({ standing, email, theme, more }: BarProps) {
  return (
    <header className="sticky top-0 z-20 flex h-14 items-center justify-between gap-3 border-b border-hairline bg-canvas px-4 sm:px-6 lg:hidden">
      <Link href="/" aria-label="Purse, overview" className="rounded-ui">
        <Wordmark />
      </Link>
      <div className="flex min-w-0 items-center gap-2">
        <BalanceChip initial={standing} isSmall />
        <AccountMenu name={standing.accountName} email={email} theme={theme} more={more} isSmall />
      </div>
    </header>
  )
}

type AccountMenuProps = { name: string; email: string; theme: Theme; more: Place[]; isSmall?: boolean }

/** Opens with the browser's own popover: no script, closes on Escape and on a press outside. */
function AccountMenu({ name, email, theme, more, isSmall = false }: AccountMenuProps) {
  const id = isSmall ? 'account-menu-phone' : 'account-menu'
  return (
    <>
      {isSmall ? (
        <button
          type="button"
          popoverTarget={id}
          aria-label="Account menu"
          className="flex size-11 flex-none items-center justify-center rounded-ui text-muted hover:bg-sunken"
        >
          <CircleUser aria-hidden="true" className="size-5" />
        </button>
      ) : (
        <button
          type="button"
          popoverTarget={id}
          className="flex items-center gap-2 rounded-ui px-2.5 py-2 text-left hover:bg-sunken"
        >
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">{name}</span>
            <span className="block truncate text-xs text-muted">{email}</span>
          </span>
          <ChevronsUpDown aria-hidden="true" className="size-4 flex-none text-muted" />
        </button>
      )}
      <div
        id={id}
        popover="auto"
        className={
          isSmall
            ? 'inset-auto top-14 right-3 m-0 w-72 rounded-ui border border-hairline bg-surface p-3 text-ink'
            : 'inset-auto bottom-18 left-3 m-0 w-54 rounded-ui border border-hairline bg-surface p-3 text-ink'
        }
      >
        <div className="mb-3 min-w-0">
          <p className="truncate font-medium">{name}</p>
          <p className="truncate text-xs text-muted">{email}</p>
        </div>
        <div className="flex flex-col gap-3">
          <ThemeSwitch initial={theme} name={id} />
          {more.map(({ href, label, Icon }) => (
            <Link
              key={href}
              href={href}
              className="flex min-h-11 items-center gap-2.5 rounded-ui border border-hairline px-3 font-medium hover:bg-sunken"
            >
              <Icon aria-hidden="true" className="size-4" />
              {label}
            </Link>
          ))}
          <SignOut />
        </div>
      </div>
    </>
  )
}

function BottomBar() {
  return (
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
  )
}
