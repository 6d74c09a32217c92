import type { ReactNode } from 'react'
import { ClientTexts } from '#texts'
import { AccountSwitcher } from '@/components/members/account-switcher'
import { Bell } from '@/components/notifications/bell'
import { Providers } from '@/components/providers'
import { Shell } from '@/components/shell/shell'
import { operatorRoleOf } from '@/lib/domain/members'
import { listInbox } from '@/lib/domain/notifications'
import { currentUser } from '@/lib/edges/session'
import { isDemoMode } from '../mode'
import { readTheme } from '../theme'
import { readPage } from './page-data'

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const [{ standing, actor, accountId, accounts }, user, theme] = await Promise.all([
    readPage(),
    currentUser(),
    readTheme(),
  ])
  const [operatorRole, inbox] = await Promise.all([operatorRoleOf(actor), listInbox(actor, { accountId })])
  return (
    <Providers>
      <ClientTexts
        of={['shell', 'problems', 'accounts.standing', 'members.accounts', 'members.roles', 'notifications.bell']}
      >
        <Shell
          standing={standing}
          email={user?.email ?? ''}
          theme={theme}
          isDemo={isDemoMode()}
          isOperator={operatorRole !== null}
          bell={<Bell newCount={inbox.newCount} newest={inbox.items[0]?.at ?? ''} />}
          accountSwitch={<AccountSwitcher accounts={accounts} currentId={accountId} />}
        >
          {children}
        </Shell>
      </ClientTexts>
    </Providers>
  )
}
