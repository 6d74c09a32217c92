import type { ReactNode } from 'react'
import { useFormats, useTexts } from '#texts'
import { isNegative, negate, parseMoney } from '@/lib/core/money'
import type { BillingModeDto } from '@/lib/domain/contracts'
import { Badge, type Tone } from '../ui/badge'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { TextLink } from '../ui/text-link'
import { WithdrawRequest } from '../withdraw-request'
import { AskPostPaid } from './ask-post-paid'

type BillingModeCardProps = { billing: BillingModeDto; canWrite: boolean }

/** How the account is billed, in words; of a post-paid one its terms, of a prepaid one the way to become one. */
export function BillingModeCard({ billing, canWrite }: BillingModeCardProps) {
  const t = useTexts('contracts.card')
  const f = useFormats()
  const { mode, accountId, balance, request } = billing
  const isPrepaid = mode === 'prepaid'
  const isWaiting = request?.state === 'open'
  const debt = parseMoney(balance)
  return (
    <Card
      id="billing-mode"
      title={t('title')}
      action={<Badge tone={isPrepaid ? 'neutral' : 'accent'}>{t(`modes.${mode}`)}</Badge>}
    >
      <div className="flex flex-col gap-4">
        <p className="max-w-prose">
          {t(mode)}
          {isPrepaid && isNegative(debt) && ` ${t('owed', { amount: f.money(negate(debt)) })}`}
        </p>
        {!isPrepaid && <Terms billing={billing} />}
        {isPrepaid && request && request.state !== 'withdrawn' && (
          <Request billing={billing} request={request} canWrite={canWrite} />
        )}
        {isPrepaid && canWrite && !isWaiting && (
          <div>
            <AskPostPaid accountId={accountId} />
          </div>
        )}
      </div>
    </Card>
  )
}

function Terms({ billing }: { billing: BillingModeDto }) {
  const t = useTexts('contracts.card')
  const f = useFormats()
  const { contract, currency, creditLimit, leftOfCreditLimit, credit, outstanding, nextInvoiceAt, month } = billing
  if (!contract) return null
  const { poNumber, startedAt, paymentTermsDays, collection } = contract
  const money = (amount: string | null) => () => <MoneyText amount={amount ?? '0'} currency={currency} />
  return (
    <>
      <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
        <Fact label={t('limit')}>
          <MoneyText amount={creditLimit ?? contract.creditLimit} currency={currency} className="font-medium" />
          <span className="block text-muted">{t.rich('left', { amount: money(leftOfCreditLimit) })}</span>
        </Fact>
        <Fact label={t('outstanding')}>
          <MoneyText amount={outstanding} currency={currency} className="font-medium" />
          {outstanding !== '0.00' && (
            <span className="block text-muted">
              {t.rich('ofIt', { invoiced: money(billing.invoiced), rest: money(billing.notInvoiced) })}
            </span>
          )}
        </Fact>
        <Fact label={t('credit')}>
          <MoneyText amount={credit} currency={currency} className="font-medium" />
        </Fact>
        {nextInvoiceAt && <Fact label={t('next')}>{f.instant(nextInvoiceAt, month.timeZone)}</Fact>}
        <Fact label={t('terms')}>{t('days', { days: paymentTermsDays })}</Fact>
        <Fact label={t('collection')}>{t(`collections.${collection}`)}</Fact>
        {poNumber && (
          <Fact label={t('poNumber')}>
            <bdi>{poNumber}</bdi>
          </Fact>
        )}
      </dl>
      <p className="flex flex-wrap gap-x-6 gap-y-1 text-muted">
        {t('since', { day: f.day(startedAt, month.timeZone) })}
        <TextLink href="/invoices">{t('invoices')}</TextLink>
      </p>
    </>
  )
}

const tones: Record<NonNullable<BillingModeDto['request']>['state'], Tone> = {
  open: 'warn',
  approved: 'good',
  declined: 'bad',
  withdrawn: 'neutral',
}

type RequestProps = BillingModeCardProps & { request: NonNullable<BillingModeDto['request']> }

function Request({ billing, request, canWrite }: RequestProps) {
  const t = useTexts('contracts.card')
  const tAsk = useTexts('contracts.ask')
  const f = useFormats()
  const { state, createdAt, expectedMonthly, currency, decisionNote, requestId } = request
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 border-t border-hairline pt-4">
      <div className="min-w-0 flex-1 basis-72">
        <p>
          {t('asked', {
            instant: f.instant(createdAt, billing.month.timeZone),
            amount: f.money(expectedMonthly, currency),
          })}
        </p>
        {state === 'open' && <p className="text-muted">{t('openBody')}</p>}
        {decisionNote && <p className="break-words">{t('answer', { note: decisionNote })}</p>}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={tones[state]}>{t(`states.${state}`)}</Badge>
        {state === 'open' && canWrite && (
          <WithdrawRequest
            accountId={billing.accountId}
            path={`post-paid-requests/${requestId}`}
            label={tAsk('withdraw')}
            busyLabel={tAsk('busy')}
          />
        )}
      </div>
    </div>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0 border-t border-hairline pt-3">
      <dt className="text-muted">{label}</dt>
      <dd className="mt-0.5">{children}</dd>
    </div>
  )
}
