import { useFormats, useTexts } from '#texts'
import { parseMoney } from '@/lib/core/money'
import type { UsageGroup, UsageSeriesDto, UsageTotals } from '@/lib/domain/usage'
import type { UsageView } from '@/lib/domain/usage/explorer/rules'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TextLink } from '../ui/text-link'
import { ChangeText } from './change-text'
import { Swatch } from './chart-card'
import { groupFill } from './explorer-chart'
import { useGroupName } from './group-name'
import { otherFill } from './model-colors'
import { groupHref } from './view-links'

/** The groups with their figures. A row leads into its group. */
export function Breakdown({ series, view }: { series: UsageSeriesDto; view: UsageView }) {
  const t = useTexts('usage')
  const { by, groups, charted, others, groupCount } = series
  const grouping = t(`by.${by}`)
  return (
    <Card id="breakdown" title={t('breakdown.title', { by })} description={t('breakdown.description')} isFlush>
      <Table caption={t('breakdown.caption', { by })}>
        <thead>
          <tr>
            <Th>{grouping}</Th>
            <Th isFigure className="max-sm:hidden">
              {t('totals.requests')}
            </Th>
            <Th isFigure className="max-md:hidden">
              {t('totals.input')}
            </Th>
            <Th isFigure className="max-md:hidden">
              {t('totals.cached')}
            </Th>
            <Th isFigure className="max-md:hidden">
              {t('totals.output')}
            </Th>
            <Th isFigure>{t('cost')}</Th>
            <Th isFigure className="max-sm:hidden">
              {t('change.title')}
            </Th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group, place) => (
            <Row key={group.id ?? ''} totals={group.totals} previous={group.previous} currency={series.currency}>
              <Swatch fill={place < charted ? groupFill(by, group.id, place) : otherFill} />
              <GroupLink group={group} view={view} />
            </Row>
          ))}
          {others && (
            <Row totals={others.totals} previous={others.previous} currency={series.currency}>
              <Swatch fill={otherFill} />
              {t('breakdown.more', { count: groupCount - groups.length })}
            </Row>
          )}
        </tbody>
      </Table>
    </Card>
  )
}

function GroupLink({ group, view }: { group: UsageGroup; view: UsageView }) {
  const nameOf = useGroupName()
  return (
    <bdi className="min-w-0 break-words">
      <TextLink href={groupHref(view, group)}>{nameOf(view.by, group)}</TextLink>
    </bdi>
  )
}

type RowProps = { totals: UsageTotals; previous: UsageTotals; currency: string; children: React.ReactNode }

function Row({ totals, previous, currency, children }: RowProps) {
  const t = useTexts('usage')
  const f = useFormats()
  return (
    <tr>
      <Td>
        <span className="flex items-center gap-2">{children}</span>
        <span className="ps-4.5 text-xs text-muted sm:hidden">{t('requests', { count: totals.events })}</span>
      </Td>
      <Td isFigure className="max-sm:hidden">
        {f.number(totals.events)}
      </Td>
      <Td isFigure className="max-md:hidden">
        {f.number(totals.inputTokens)}
      </Td>
      <Td isFigure className="max-md:hidden">
        {f.number(totals.cachedInputTokens)}
      </Td>
      <Td isFigure className="max-md:hidden">
        {f.number(totals.outputTokens)}
      </Td>
      <Td isFigure>
        <MoneyText amount={totals.amount} currency={currency} />
      </Td>
      <Td isFigure className="text-muted max-sm:hidden">
        <ChangeText now={parseMoney(totals.amount).nanos} before={parseMoney(previous.amount).nanos} />
      </Td>
    </tr>
  )
}
