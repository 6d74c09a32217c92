import type { ReactNode } from 'react'
import { ClientTexts } from '#texts'
import { Providers } from '@/components/providers'
import { Shell } from '@/components/shell/shell'
import { operatorRoleOf } from '@/lib/domain/members'
import { currentUser } from '@/lib/edges/session'
import { isDemoMode } from '../mode'
import { readTheme } from '../theme'
import { readPage } from './page-data'

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const [{ standing, actor }, user, theme] = await Promise.all([readPage(), currentUser(), readTheme()])
  const isOperator = (await operatorRoleOf(actor)) !== null
  return (
    <Providers>
      <ClientTexts of={['shell', 'problems', 'accounts.standing']}>
        <Shell
          standing={standing}
          email={user?.email ?? ''}
          theme={theme}
          isDemo={isDemoMode()}
          isOperator={isOperator}
        >
          {children}
        </Shell>
      </ClientTexts>
    </Providers>
  )
}
