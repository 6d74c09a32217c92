import type { ReactNode } from 'react'
import { ClientTexts } from '#texts'
import { AccountSwitcher } from '@/components/members/account-switcher'
import { Providers } from '@/components/providers'
import { Shell } from '@/components/shell/shell'
import { operatorRoleOf } from '@/lib/domain/members'
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
  const isOperator = (await operatorRoleOf(actor)) !== null
  return (
    <Providers>
      <ClientTexts of={['shell', 'problems', 'accounts.standing', 'members.accounts', 'members.roles']}>
        <Shell
          standing={standing}
          email={user?.email ?? ''}
          theme={theme}
          isDemo={isDemoMode()}
          isOperator={isOperator}
          accountSwitch={<AccountSwitcher accounts={accounts} currentId={accountId} />}
        >
          {children}
        </Shell>
      </ClientTexts>
    </Providers>
  )
}
