import {
  ChartColumn,
  ChevronsUpDown,
  CircleDollarSign,
  Ellipsis,
  FileText,
  FlaskConical,
  Gauge,
  House,
  Inbox,
  Receipt,
  ScrollText,
  Settings2,
  ShieldCheck,
  SlidersHorizontal,
} from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { useTexts } from '#texts'
import type { StandingDto } from '@/lib/domain/accounts'
import { BalanceAnnouncer } from '../accounts/balance-announcer'
import { BalanceChip } from '../accounts/balance-chip'
import { Commands } from './commands'
import { bottomLook, Frame, type Place, SideLinks } from './frame'
import { FreshPage } from './fresh-page'
import { LanguageSwitch } from './language-switch'
import { NavLink } from './nav-links'
import { PaletteButton } from './palette-button'
import { demoPlaces, operatorPlace, places } from './places'
import { SignOut } from './sign-out'
import { type Theme, ThemeSwitch } from './theme-switch'
import { Wordmark } from './wordmark'

const icons = {
  overview: House,
  usage: ChartColumn,
  credits: CircleDollarSign,
  statement: ScrollText,
  receipts: Receipt,
  invoices: FileText,
  limits: Gauge,
  simulator: SlidersHorizontal,
  settings: Settings2,
  faultLab: FlaskConical,
  mailbox: Inbox,
  operator: ShieldCheck,
}

/** As many as a thumb reaches; the rest opens beside them. */
const onPhone = 3

type ShellProps = {
  standing: StandingDto
  email: string
  theme: Theme
  isDemo: boolean
  isOperator: boolean
  /** Leads to what the account was told. */
  bell?: ReactNode
  /** Leads to the person's other accounts; shown with their name. */
  accountSwitch?: ReactNode
  children: ReactNode
}

/** The frame of every signed-in page: navigation at the side on a desktop, at the bottom on a phone. */
export function Shell({ standing, email, theme, isDemo, isOperator, bell, accountSwitch, children }: ShellProps) {
  const t = useTexts('shell')
  const shown = [...places, ...(isDemo ? demoPlaces : []), ...(isOperator ? [operatorPlace] : [])].map(
    ({ name, href }): Place => ({ href, label: t(`places.${name}`), Icon: icons[name] }),
  )
  const person = { name: standing.accountName, email, theme, accountSwitch }
  return (
    <Frame
      side={
        <>
          <div className="flex items-center justify-between gap-2">
            <Home className="mx-2 w-fit" />
            {bell}
          </div>
          <PaletteButton />
          <SideLinks places={shown} />
          <div className="mt-auto flex flex-col gap-3">
            <BalanceChip initial={standing} />
            <AccountMenu {...person} />
          </div>
        </>
      }
      top={
        <>
          <Home />
          <div className="flex min-w-0 items-center gap-2">
            <BalanceChip initial={standing} isSmall />
            {bell}
            <PaletteButton isSmall />
          </div>
        </>
      }
      bottom={shown.slice(0, onPhone)}
      more={<More {...person} places={shown.slice(onPhone)} />}
    >
      {children}
      <BalanceAnnouncer initial={standing} />
      <FreshPage initial={standing} />
      <Commands isDemo={isDemo} isOperator={isOperator} />
    </Frame>
  )
}

function Home({ className = '' }: { className?: string }) {
  const t = useTexts('shell')
  return (
    <Link href="/" aria-label={t('home')} className={`rounded-ui ${className}`}>
      <Wordmark />
    </Link>
  )
}

type PersonProps = Pick<ShellProps, 'email' | 'theme' | 'accountSwitch'> & { name: string }

/** Opens with the browser's own popover: no script, closes on Escape and on a press outside. */
function AccountMenu(person: PersonProps) {
  return (
    <>
      <button
        type="button"
        popoverTarget="account-menu"
        className="flex items-center gap-2 rounded-ui px-2.5 py-2 text-start hover:bg-sunken"
      >
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">{person.name}</span>
          <span className="block truncate text-xs text-muted">{person.email}</span>
        </span>
        <ChevronsUpDown aria-hidden="true" className="size-4 flex-none text-muted" />
      </button>
      <div
        id="account-menu"
        popover="auto"
        className="inset-auto start-3 bottom-18 m-0 max-h-[calc(100dvh-6rem)] w-60 overflow-y-auto rounded-ui border border-hairline bg-surface p-3 text-ink"
      >
        <Person {...person} id="account-menu" />
      </div>
    </>
  )
}

/** On a phone: the places that are not at the bottom, and what is the person's own. */
function More({ places, ...person }: PersonProps & { places: Place[] }) {
  const t = useTexts('shell')
  return (
    <>
      <button type="button" popoverTarget="more-menu" className={bottomLook}>
        <Ellipsis aria-hidden="true" className="size-5" />
        {t('more')}
      </button>
      <div
        id="more-menu"
        popover="auto"
        className="inset-x-0 top-auto bottom-0 m-0 max-h-[85dvh] w-full max-w-none overflow-y-auto rounded-t-ui border-t border-hairline bg-surface px-4 pt-4 pb-[calc(1rem+env(safe-area-inset-bottom))] text-ink"
      >
        <ul className="mb-4 grid grid-cols-2 gap-2">
          {places.map(({ href, label, Icon }) => (
            <li key={href}>
              <NavLink
                href={href}
                className="flex min-h-11 items-center gap-2.5 rounded-ui border border-hairline px-3 font-medium hover:bg-sunken"
                currentClassName="bg-sunken"
              >
                <Icon aria-hidden="true" className="size-4 flex-none" />
                {label}
              </NavLink>
            </li>
          ))}
        </ul>
        <Person {...person} id="more-menu" />
      </div>
    </>
  )
}

function Person({ id, name, email, theme, accountSwitch }: PersonProps & { id: string }) {
  return (
    <div className="flex flex-col gap-3">
      <div className="min-w-0">
        <p className="truncate font-medium">{name}</p>
        <p className="truncate text-xs text-muted">{email}</p>
      </div>
      {accountSwitch}
      <ThemeSwitch initial={theme} name={id} />
      <LanguageSwitch />
      <SignOut />
    </div>
  )
}
