import { Fragment, type ReactNode } from 'react'
import { useFormats, useTexts } from '#texts'
import type { ApiKeyDto } from '@/lib/domain/api-keys'
import { BudgetMeter } from '../budgets/budget-meter'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { EmptyState } from '../ui/empty-state'
import { MoneyText } from '../ui/money'
import { balanceLine, TerminalLine } from './balance-line'
import { KeyActions } from './key-actions'

type KeysCardProps = {
  accountId: string
  keys: ApiKeyDto[]
  mayWrite: boolean
  appUrl: string
  timeZone: string
}

/** The keys in force: whose, when used, what they spend; and what may be done with them. */
export function KeysCard({ accountId, keys, mayWrite, appUrl, timeZone }: KeysCardProps) {
  const t = useTexts('api-keys')
  if (keys.length === 0) return <NoKeys accountId={accountId} appUrl={appUrl} mayWrite={mayWrite} />
  return (
    <Card id="keys" title={t('list.title')} description={t('list.count', { count: keys.length })} isFlush>
      <ul>
        {keys.map((key) => (
          <li key={key.keyId} className="border-b border-hairline px-4 py-3 last:border-b-0 sm:px-5">
            <div className="flex flex-wrap items-start gap-x-6 gap-y-2">
              <div className="min-w-0 flex-1 basis-64">
                <KeyFacts apiKey={key} timeZone={timeZone} />
              </div>
              <div className="flex-none">
                <p className="text-xs text-muted">{t('list.spent')}</p>
                <MoneyText amount={key.spentThisMonth} className="font-medium" />
              </div>
              {mayWrite && <KeyActions accountId={accountId} apiKey={key} appUrl={appUrl} timeZone={timeZone} />}
            </div>
            {key.budgets.length > 0 && (
              <ul className="mt-3 grid gap-x-6 gap-y-3 sm:grid-cols-2">
                {key.budgets.map((budget) => (
                  <li key={budget.budgetId}>
                    <BudgetMeter budget={budget} />
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}

function KeyFacts({ apiKey, timeZone }: { apiKey: ApiKeyDto; timeZone: string }) {
  const t = useTexts('api-keys')
  const f = useFormats()
  const { lastUsedAt, expiresAt, graceUntil } = apiKey
  const facts: ReactNode[] = [
    t.rich('list.member', { person: () => <bdi>{apiKey.member.name}</bdi> }),
    lastUsedAt ? t('list.lastUsed', { instant: f.instant(lastUsedAt, timeZone) }) : t('list.neverUsed'),
    expiresAt ? t('list.expires', { day: f.day(expiresAt, timeZone) }) : t('list.never'),
    t.rich('list.created', {
      day: f.day(apiKey.createdAt, timeZone),
      person: () => <bdi>{apiKey.createdByName}</bdi>,
    }),
  ]
  return (
    <>
      <p className="flex flex-wrap items-center gap-2">
        <bdi className="min-w-0 font-medium break-words">{apiKey.name}</bdi>
        {apiKey.scopes.map((scope) => (
          <Badge key={scope}>{t(`scopes.${scope}`)}</Badge>
        ))}
      </p>
      <p dir="ltr" className="font-mono text-xs text-muted rtl:text-end">
        {apiKey.shown}
      </p>
      <Facts facts={facts} />
      {graceUntil && <p className="text-warn-ink">{t('list.grace', { instant: f.instant(graceUntil, timeZone) })}</p>}
    </>
  )
}

/** What is known, in one line or several, without what is not. */
function Facts({ facts }: { facts: ReactNode[] }) {
  return (
    <p className="mt-0.5 text-muted">
      {facts.filter(Boolean).map((fact, place) => (
        <Fragment key={place}>
          {place > 0 && ' · '}
          {fact}
        </Fragment>
      ))}
    </p>
  )
}

function NoKeys({ accountId, appUrl, mayWrite }: { accountId: string; appUrl: string; mayWrite: boolean }) {
  const t = useTexts('api-keys.empty')
  return (
    <EmptyState title={t('title')}>
      <p>{t('body')}</p>
      <div className="my-3">
        <TerminalLine text={balanceLine(appUrl, accountId, '$PURSE_API_KEY')} />
      </div>
      <p>
        {t.rich('gateway', {
          code: (words) => (
            <code dir="ltr" className="font-mono">
              {words}
            </code>
          ),
        })}
      </p>
      {!mayWrite && <p className="mt-2">{t('viewer')}</p>}
    </EmptyState>
  )
}

/** Keys that were revoked or have expired: what they were, and nothing to do. */
export function EndedKeys({ keys, timeZone }: { keys: ApiKeyDto[]; timeZone: string }) {
  const t = useTexts('api-keys')
  const f = useFormats()
  if (keys.length === 0) return null
  return (
    <details className="rounded-ui border border-hairline bg-surface">
      <summary className="cursor-pointer px-4 py-3 font-medium sm:px-5">
        {t('ended.count', { count: keys.length })}
      </summary>
      <ul aria-label={t('ended.title')}>
        {keys.map((key) => (
          <li
            key={key.keyId}
            className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-hairline px-4 py-3 sm:px-5"
          >
            <div className="min-w-0 flex-1 basis-56">
              <bdi className="break-words">{key.name}</bdi>
              <p dir="ltr" className="font-mono text-xs text-muted rtl:text-end">
                {key.shown}
              </p>
            </div>
            <Facts
              facts={[
                t.rich('list.member', { person: () => <bdi>{key.member.name}</bdi> }),
                key.revokedAt
                  ? t('ended.revoked', { day: f.day(key.revokedAt, timeZone) })
                  : key.expiresAt && t('ended.expired', { day: f.day(key.expiresAt, timeZone) }),
              ]}
            />
            <MoneyText amount={key.spentThisMonth} />
          </li>
        ))}
      </ul>
    </details>
  )
}
