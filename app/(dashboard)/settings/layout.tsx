import type { ReactNode } from 'react'
import { SettingsTabs } from '@/components/members/settings-tabs'
import { readPage } from '../page-data'

export default async function SettingsLayout({ children }: { children: ReactNode }) {
  const { role } = await readPage()
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <SettingsTabs role={role} />
      {children}
    </div>
  )
}
