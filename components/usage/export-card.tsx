import { ClientTexts, useTexts } from '#texts'
import type { UsageView } from '@/lib/domain/usage/explorer/rules'
import { Card } from '../ui/card'
import { ExportLink } from './export-link'
import { exportHref } from './view-links'

/** What is shown, as files. */
export function ExportCard({ accountId, view, events }: { accountId: string; view: UsageView; events: number }) {
  const t = useTexts('usage')
  return (
    <Card id="export" title={t('exports.title')} description={t('exports.description')}>
      <ClientTexts of={['usage.download']}>
        <ul className="grid gap-4 md:grid-cols-2">
          <li>
            <ExportLink href={exportHref(accountId, view, 'csv')} label={t('exports.csv')} />
            <p className="mt-1.5 text-muted">{t('exports.csvHint', { count: events })}</p>
          </li>
          <li>
            <ExportLink href={exportHref(accountId, view, 'focus')} label={t('exports.focus')} />
            <p className="mt-1.5 text-muted">{t('exports.focusHint')}</p>
          </li>
        </ul>
      </ClientTexts>
    </Card>
  )
}
