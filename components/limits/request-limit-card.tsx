import { useFormats, useTexts } from '#texts'
import type { LimitsDto } from '@/lib/domain/tiers'
import { ButtonLink } from '../ui/button-link'
import { Card } from '../ui/card'
import { Meter } from '../ui/meter'

type RequestLimitCardProps = { requests: LimitsDto['requests']; mayBuy: boolean }

/** How many requests the account may begin in a minute, why, and what would help. */
export function RequestLimitCard({ requests, mayBuy }: RequestLimitCardProps) {
  const t = useTexts('limits.requests')
  const f = useFormats()
  const { limit, used, isOwn, hasPaymentMethod, hasCredit, isPostPaid } = requests
  const why = isOwn
    ? 'own'
    : hasPaymentMethod && hasCredit
      ? isPostPaid
        ? 'postPaid'
        : 'both'
      : hasCredit
        ? 'noMethod'
        : hasPaymentMethod
          ? 'noCredit'
          : 'neither'
  const isLow = !isOwn && !(hasPaymentMethod && hasCredit)
  return (
    <Card
      id="requests"
      title={t('title', { limit: f.number(limit) })}
      description={t(`why.${why}`)}
      action={
        isLow &&
        mayBuy && (
          <ButtonLink href={hasCredit ? '/settings#payment-methods' : '/credits'}>
            {hasCredit ? t('addMethod') : t('addCredit')}
          </ButtonLink>
        )
      }
    >
      <p className="mb-2">{t('used', { used: f.number(used), limit: f.number(limit) })}</p>
      <Meter
        label={t('meter', { used: f.number(used), limit: f.number(limit) })}
        percent={(used / limit) * 100}
        tone={toneOf(used, limit)}
      />
    </Card>
  )
}

export const toneOf = (used: number, limit: number): 'accent' | 'warn' | 'bad' =>
  used >= limit ? 'bad' : used * 5 >= limit * 4 ? 'warn' : 'accent'
