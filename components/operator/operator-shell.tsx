import { ArrowLeft, CircleUser, Inbox, Scale, Users, Zap } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { Frame, PersonButton, type Place, SideLinks } from '../shell/frame'
import { SignOut } from '../shell/sign-out'
import { type Theme, ThemeSwitch } from '../shell/theme-switch'
import { Wordmark } from '../shell/wordmark'
import { Badge } from '../ui/badge'

const places: Place[] = [
  { href: '/operator', label: 'Accounts', Icon: Users },
  { href: '/operator/auto-top-up', label: 'Auto top-up', Icon: Zap },
  { href: '/operator/drift', label: 'Drift', Icon: Scale },
  { href: '/operator/events', label: 'Events', Icon: Inbox },
]

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
      bottom={places}
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
