import {
  ChevronsUpDown,
  CircleDollarSign,
  CircleUser,
  FlaskConical,
  House,
  Inbox,
  Receipt,
  Settings2,
  ShieldCheck,
} from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { StandingDto } from '@/lib/domain/accounts'
import { BalanceAnnouncer } from '../accounts/balance-announcer'
import { BalanceChip } from '../accounts/balance-chip'
import { Frame, PersonButton, type Place, SideLinks } from './frame'
import { FreshPage } from './fresh-page'
import { PaletteKey } from './palette-key'
import { SignOut } from './sign-out'
import { type Theme, ThemeSwitch } from './theme-switch'
import { Wordmark } from './wordmark'

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
  const bar = { standing, email, theme, more }
  return (
    <Frame side={<SideBar {...bar} />} top={<TopBar {...bar} />} bottom={places}>
      {children}
      <BalanceAnnouncer initial={standing} />
      <FreshPage initial={standing} />
    </Frame>
  )
}

type BarProps = Pick<ShellProps, 'standing' | 'email' | 'theme'> & { more: Place[] }

function SideBar({ standing, email, theme, more }: BarProps) {
  return (
    <>
      <Link href="/" aria-label="Purse, overview" className="mx-2 w-fit rounded-ui">
        <Wordmark />
      </Link>
      <PaletteKey />
      <SideLinks places={[...places, ...more]} />
      <div className="mt-auto flex flex-col gap-3">
        <BalanceChip initial={standing} />
        <AccountMenu name={standing.accountName} email={email} theme={theme} more={[]} />
      </div>
    </>
  )
}

function TopBar({ standing, email, theme, more }: BarProps) {
  return (
    <>
      <Link href="/" aria-label="Purse, overview" className="rounded-ui">
        <Wordmark />
      </Link>
      <div className="flex min-w-0 items-center gap-2">
        <BalanceChip initial={standing} isSmall />
        <AccountMenu name={standing.accountName} email={email} theme={theme} more={more} isSmall />
      </div>
    </>
  )
}

type AccountMenuProps = { name: string; email: string; theme: Theme; more: Place[]; isSmall?: boolean }

/** Opens with the browser's own popover: no script, closes on Escape and on a press outside. */
function AccountMenu({ name, email, theme, more, isSmall = false }: AccountMenuProps) {
  const id = isSmall ? 'account-menu-phone' : 'account-menu'
  return (
    <>
      {isSmall ? (
        <PersonButton opens={id}>
          <CircleUser aria-hidden="true" className="size-5" />
        </PersonButton>
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
