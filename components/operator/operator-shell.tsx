import { ArrowLeft, CircleUser, Ellipsis, Inbox, MessageSquareMore, Scale, Users, Zap } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { bottomLook, Frame, PersonButton, type Place, SideLinks } from '../shell/frame'
import { NavLink } from '../shell/nav-links'
import { SignOut } from '../shell/sign-out'
import { type Theme, ThemeSwitch } from '../shell/theme-switch'
import { Wordmark } from '../shell/wordmark'
import { Badge } from '../ui/badge'

const places: Place[] = [
  { href: '/operator', around: '/operator/accounts', label: 'Accounts', Icon: Users },
  { href: '/operator/requests', label: 'Requests', Icon: MessageSquareMore },
  { href: '/operator/auto-top-up', label: 'Auto top-up', Icon: Zap },
  { href: '/operator/drift', label: 'Drift', Icon: Scale },
  { href: '/operator/events', label: 'Events', Icon: Inbox },
]

/** As many as a thumb reaches; the rest opens beside them. */
const onPhone = 3

type OperatorShellProps = { role: string; email: string; theme: Theme; children: ReactNode }

/** The frame of the staff's pages: as the dashboard's, and told apart from it by its badge. */
export function OperatorShell({ role, email, theme, children }: OperatorShellProps) {
  return (
    <Frame
      side={
        <>
          <Home />
          <SideLinks places={places} />
          <div className="mt-auto flex flex-col gap-3 px-1">
            <BackToAccount />
            <ThemeSwitch initial={theme} name="operator" />
            <Who role={role} email={email} />
            <SignOut />
          </div>
        </>
      }
      top={
        <>
          <Home />
          <PersonButton opens="operator-menu">
            <CircleUser aria-hidden="true" className="size-5" />
          </PersonButton>
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
        </>
      }
      bottom={places.slice(0, onPhone)}
      more={<More />}
    >
      {children}
    </Frame>
  )
}

const Home = () => (
  <Link href="/operator" aria-label="Purse, operator pages" className="mx-2 flex w-fit items-center gap-2 rounded-ui">
    <Wordmark />
    <Badge tone="accent">Operator</Badge>
  </Link>
)

/** On a phone: the places that are not at the bottom. */
const More = () => (
  <>
    <button type="button" popoverTarget="operator-more" className={bottomLook}>
      <Ellipsis aria-hidden="true" className="size-5" />
      More
    </button>
    <div
      id="operator-more"
      popover="auto"
      className="inset-x-0 top-auto bottom-0 m-0 w-full max-w-none rounded-t-ui border-t border-hairline bg-surface px-4 pt-4 pb-[calc(1rem+env(safe-area-inset-bottom))] text-ink"
    >
      <ul className="grid grid-cols-2 gap-2">
        {places.slice(onPhone).map(({ href, label, Icon }) => (
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
    </div>
  </>
)

const BackToAccount = () => (
  // A plain link: there the page may be in another language.
  <a
    href="/"
    className="flex min-h-9 items-center gap-2.5 rounded-ui px-1.5 font-medium text-muted hover:bg-sunken hover:text-ink"
  >
    <ArrowLeft aria-hidden="true" className="size-4" />
    My own account
  </a>
)

const Who = ({ role, email }: { role: string; email: string }) => (
  <p className="min-w-0 px-1.5 text-xs text-muted">
    <span className="block truncate">{email}</span>
    <span className="block">Operator role: {role}</span>
  </p>
)
