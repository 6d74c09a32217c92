import clsx from 'clsx'
import { Check } from 'lucide-react'
import { useFormats, useTexts } from '#texts'
import { parseMoney } from '@/lib/core/money'
import type { LimitsDto, RungDto } from '@/lib/domain/tiers'
import { Badge } from '../ui/badge'
import { ButtonLink } from '../ui/button-link'
import { Card } from '../ui/card'
import { Meter } from '../ui/meter'
import { MoneyText } from '../ui/money'

type TierCardProps = { limits: LimitsDto; timeZone: string }

/** The ladder with the account's rung, how far the next one is, and what changes there. */
export function TierCard({ limits, timeZone }: TierCardProps) {
  const t = useTexts('limits.tier')
  const { tier, ladder } = limits
  const title = tier === 'unlimited' ? t('unlimited') : tier === 0 ? t('none') : t('name', { tier })
  return (
    <Card id="tier" title={title} description={t('never')}>
      <Distance limits={limits} />
      <ol className="mt-4 flex flex-col">
        {ladder.map((rung) => (
          <Rung key={rung.tier} rung={rung} limits={limits} timeZone={timeZone} />
        ))}
      </ol>
    </Card>
  )
}

function Distance({ limits }: { limits: LimitsDto }) {
  const t = useTexts('limits.tier')
  const f = useFormats()
  const { tier, next, measured, hasBillingProfile, hasPaymentMethod, currency } = limits
  if (tier === 'unlimited') return <p>{t('unlimitedBody')}</p>
  const from = next && limits.ladder.find((rung) => rung.tier === next.tier)?.from
  return (
    <div className="flex flex-col gap-3">
      {next && from ? (
        <div>
          <p className="mb-2">
            {t.rich('missing', {
              missing: () => (
                <MoneyText amount={next.missing} currency={currency} isFocusable className="font-semibold" />
              ),
              tier: next.tier,
              measured: () => <MoneyText amount={measured} currency={currency} isFocusable />,
            })}
          </p>
          <Meter
            label={t('progress', { measured: f.money(measured), from: f.money(from), tier: next.tier })}
            percent={percentOf(measured, from)}
            tone="accent"
          />
        </div>
      ) : (
        <p>{t('top')}</p>
      )}
      {tier === 0 && (
        <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
          <p className="min-w-0 flex-1 basis-64">
            {hasPaymentMethod ? t('needsProfile') : hasBillingProfile ? t('needsMethod') : t('needsBoth')}
          </p>
          <ButtonLink href="/settings">{t('settings')}</ButtonLink>
        </div>
      )}
    </div>
  )
}

/** For the width of a bar. */
const percentOf = (part: string, whole: string): number =>
  Number((parseMoney(part).nanos * 1000n) / (parseMoney(whole).nanos || 1n)) / 10

function Rung({ rung, limits, timeZone }: { rung: RungDto; limits: LimitsDto; timeZone: string }) {
  const t = useTexts('limits.tier')
  const f = useFormats()
  const isReached = limits.tier === 'unlimited' || (rung.tier !== 'unlimited' && rung.tier <= limits.tier)
  const isCurrent = rung.tier === limits.tier
  const [large, small] = [rung.ceilings.large.prompt, rung.ceilings.small.prompt]
  const reachedBy =
    rung.tier === 'unlimited'
      ? t('byContract')
      : rung.from === null
        ? t('byMeans')
        : t('byMoney', { from: f.money(rung.from) })
  return (
    <li
      aria-current={isCurrent ? 'step' : undefined}
      className={clsx('flex gap-3 rounded-ui px-2 py-2.5 sm:px-3', isCurrent && 'bg-accent-soft')}
    >
      <span
        aria-hidden="true"
        className={clsx(
          'mt-0.5 flex size-5 flex-none items-center justify-center rounded-full border',
          isReached ? 'border-accent bg-accent text-on-accent' : 'border-edge text-muted',
        )}
      >
        {isReached && <Check className="size-3" />}
      </span>
      <div className="grid min-w-0 flex-1 gap-x-6 gap-y-0.5 sm:grid-cols-2">
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-2 font-medium">
            {rung.tier === 'unlimited' ? t('unlimited') : t('name', { tier: rung.tier })}
            {isCurrent && <Badge tone="accent">{t('current')}</Badge>}
          </p>
          <p className="text-muted">
            {rung.reachedAt ? t('reached', { day: f.day(rung.reachedAt, timeZone) }) : reachedBy}
          </p>
        </div>
        <div className="min-w-0 text-muted">
          <p>
            {large === small
              ? t('ceiling', { limit: f.number(large) })
              : t('ceilings', { large: f.number(large), small: f.number(small) })}
          </p>
          <p>
            {rung.highestBudget === null
              ? t('noBudget')
              : limits.limitsPrepaidBudgets
                ? t('budget', { budget: f.money(rung.highestBudget) })
                : t('budgetPostPaid', { budget: f.money(rung.highestBudget) })}
          </p>
        </div>
      </div>
    </li>
  )
}
