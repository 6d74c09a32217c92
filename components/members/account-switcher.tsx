'use client'

import { Check } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { useTexts } from '#texts'
import type { MembershipDto } from '@/lib/domain/members'
import { accountUrl, postJson } from '../api'

type AccountSwitcherProps = { accounts: MembershipDto[]; currentId: string }

const row = 'flex min-h-9 w-full items-center gap-2 rounded-ui px-2.5 text-start hover:bg-sunken max-lg:min-h-11'

/** The accounts that the person belongs to; a press shows another one. */
export function AccountSwitcher({ accounts, currentId }: AccountSwitcherProps) {
  const t = useTexts('members.accounts')
  const tRoles = useTexts('members.roles')
  const [isBusy, setBusy] = useState(false)
  const go = async (accountId: string) => {
    setBusy(true)
    try {
      await postJson(accountUrl(accountId, 'switch'))
      location.assign('/')
    } catch {
      // No longer a member: the page, loaded anew, shows the accounts that are left.
      location.reload()
    }
  }
  return (
    <div className="flex flex-col gap-0.5">
      {accounts.length > 1 && (
        <ul aria-label={t('title')} className="max-h-56 overflow-y-auto">
          {accounts.map(({ accountId, name, role }) => {
            const isCurrent = accountId === currentId
            return (
              <li key={accountId}>
                <button
                  type="button"
                  disabled={isBusy}
                  aria-current={isCurrent ? 'true' : undefined}
                  aria-label={isCurrent ? `${name}, ${t('current')}` : t('switchTo', { account: name })}
                  onClick={() => !isCurrent && go(accountId)}
                  className={row}
                >
                  <span className="min-w-0 flex-1">
                    <bdi className="block truncate">{name}</bdi>
                    <span className="block text-xs text-muted">{tRoles(role)}</span>
                  </span>
                  {isCurrent && <Check aria-hidden="true" className="size-4 flex-none text-accent-ink" />}
                </button>
              </li>
            )
          })}
        </ul>
      )}
      <Link href="/accounts/new" className={`${row} text-muted`}>
        {t('open')}
      </Link>
    </div>
  )
}
