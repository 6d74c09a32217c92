import { useFormats, useTexts } from '#texts'
import type { ModelLimitsDto } from '@/lib/domain/tiers'
import { type TokenKind, tokenKinds } from '@/lib/domain/token-limits/rules'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { Meter } from '../ui/meter'
import { Table, Td, Th } from '../ui/table'
import { byHour, type HourPoint, LimitChart } from './limit-chart'
import { toneOf } from './request-limit-card'

type ModelLimitsProps = { model: ModelLimitsDto; isOwn: boolean; timeZone: string }

/** A model's three limits: what of them is used now, how they moved, and the same as a table. */
export function ModelLimits({ model, isOwn, timeZone }: ModelLimitsProps) {
  const t = useTexts('limits.models')
  const points = byHour(model.points)
  return (
    <Card
      id={`model-${model.model}`}
      title={model.name}
      description={isOwn ? t('own') : t('follows')}
      action={<Badge>{t(`sizes.${model.size}`)}</Badge>}
    >
      <ul className="grid gap-x-8 gap-y-6 lg:grid-cols-3">
        {tokenKinds.map((kind) => (
          <li key={kind} className="min-w-0">
            <KindLimit model={model} kind={kind} isOwn={isOwn} points={points} timeZone={timeZone} />
          </li>
        ))}
      </ul>
      {points.length > 0 && <PointsTable model={model} points={points} timeZone={timeZone} />}
    </Card>
  )
}

type KindLimitProps = { model: ModelLimitsDto; kind: TokenKind; isOwn: boolean; points: HourPoint[]; timeZone: string }

function KindLimit({ model, kind, isOwn, points, timeZone }: KindLimitProps) {
  const t = useTexts('limits.models')
  const f = useFormats()
  const { limit, used, start, floor, ceiling } = model.kinds[kind]
  const words = { used: f.number(used), limit: f.number(limit) }
  const change = model.changes.filter((one) => one.kind === kind).at(-1)
  return (
    <>
      <h3 className="font-medium">{t(`kinds.${kind}`)}</h3>
      <p className="mb-2">
        {t.rich('perMinute', {
          limit: () => <span className="text-lg font-semibold tabular-nums">{f.number(limit)}</span>,
        })}
      </p>
      <Meter
        label={t('meter', { ...words, kind: t(`kinds.${kind}`) })}
        percent={(used / limit) * 100}
        tone={toneOf(used, limit)}
      />
      <p className="mt-1 text-muted">{t('used', words)}</p>
      {points.length > 1 && (
        <LimitChart
          points={points}
          kind={kind}
          timeZone={timeZone}
          label={t('chart', { kind: t(`kinds.${kind}`), model: model.name })}
        />
      )}
      {!isOwn && (
        <p className="mt-1 text-muted">
          {t('bounds', { floor: f.number(floor), start: f.number(start), ceiling: f.number(ceiling) })}
        </p>
      )}
      {change && !isOwn && (
        <p className="mt-1 text-muted">
          {t(`because.${change.because === 'raised' ? 'raised' : change.because === 'lowered' ? 'lowered' : 'idle'}`, {
            before: f.number(change.before),
            instant: f.instant(change.at, timeZone),
          })}
        </p>
      )}
    </>
  )
}

function PointsTable({ model, points, timeZone }: { model: ModelLimitsDto; points: HourPoint[]; timeZone: string }) {
  const t = useTexts('limits.models')
  const f = useFormats()
  return (
    <details className="mt-4">
      <summary className="inline-flex min-h-7 cursor-pointer items-center rounded-ui text-accent-ink">
        {t('table')}
      </summary>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls the box with the arrow keys.
        tabIndex={0}
        aria-label={t('caption', { model: model.name, zone: timeZone })}
        className="-mx-4 mt-2 max-h-80 overflow-auto sm:-mx-5"
      >
        <Table caption={t('caption', { model: model.name, zone: timeZone })}>
          <thead>
            <tr>
              <Th>{t('hour')}</Th>
              {tokenKinds.map((kind) => (
                <Th key={kind} isFigure>
                  {t(`kinds.${kind}`)}
                </Th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...points].reverse().map((point) => (
              <tr key={point.at}>
                <Td className="whitespace-nowrap">{f.instant(point.at, timeZone)}</Td>
                {tokenKinds.map((kind) => (
                  <Td key={kind} isFigure>
                    {t('usedOfLimit', { used: f.number(point[kind].used), limit: f.number(point[kind].limit) })}
                  </Td>
                ))}
              </tr>
            ))}
          </tbody>
        </Table>
      </section>
    </details>
  )
}
