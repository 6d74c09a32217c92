import type { ReactNode } from 'react'
import { ClientTexts } from '#texts'
import { OperatorShell } from '@/components/operator/operator-shell'
import { Providers } from '@/components/providers'
import { readTheme } from '../theme'
import { readOperator } from './operator/page-data'

export default async function OperatorLayout({ children }: { children: ReactNode }) {
  const [{ role, email }, theme] = await Promise.all([readOperator(), readTheme()])
  return (
    <Providers>
      <ClientTexts of={['ui', 'shell', 'problems', 'refunds']}>
        <OperatorShell role={role} email={email} theme={theme}>
          {children}
        </OperatorShell>
      </ClientTexts>
    </Providers>
  )
}
