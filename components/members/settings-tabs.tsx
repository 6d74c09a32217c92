import { useTexts } from '#texts'
import { may } from '@/lib/domain/members/rules'
import { TabLink } from './tab-link'

const tabs = [
  { name: 'billing', href: '/settings' },
  { name: 'keys', href: '/settings/keys' },
  { name: 'budgets', href: '/settings/budgets' },
  { name: 'people', href: '/settings/people' },
  { name: 'notifications', href: '/settings/notifications' },
  { name: 'sessions', href: '/settings/sessions' },
  { name: 'audit', href: '/settings/audit' },
] as const

/**
 * The pages of the settings; the audit log for those who may read it. On a phone the row can be moved sideways; where it is narrower
 * still, as on an enlarged page, there are more rows than one.
 */
export function SettingsTabs({ role }: { role: string }) {
  const t = useTexts('settings')
  return (
    <nav aria-label={t('tabs.label')} className="-mx-4 overflow-x-auto border-b border-hairline px-4 sm:mx-0 sm:px-0">
      <ul className="flex gap-1 max-[24rem]:flex-wrap">
        {tabs
          .filter(({ name }) => name !== 'audit' || may(role, 'audit:read'))
          .map(({ name, href }) => (
            <li key={href} className="flex-none">
              <TabLink href={href}>{t(`tabs.${name}`)}</TabLink>
            </li>
          ))}
      </ul>
    </nav>
  )
}
