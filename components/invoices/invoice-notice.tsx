import { useFormats, useTexts } from '#texts'
import type { InvoiceDto } from '@/lib/domain/invoices'
import { Banner } from '../ui/banner'
import { hasGoneBack } from './words'

type InvoiceNoticeProps = { invoice: InvoiceDto; isPaused: boolean; isPostPaid: boolean }

/** What stands in the way of an invoice, and what it means for usage. Nothing when all is well. */
export function InvoiceNotice({ invoice, isPaused, isPostPaid }: InvoiceNoticeProps) {
  const t = useTexts('invoices.detail')
  const f = useFormats()
  const { state, problem, problemMessage, daysPastDue } = invoice
  if (state === 'preparing') {
    return (
      <Banner tone="info" title={t('preparing.title')}>
        {t('preparing.body')}
      </Banner>
    )
  }
  if (state === 'void' || state === 'uncollectible') {
    return (
      <Banner tone={state === 'void' ? 'info' : 'bad'} title={t(`${state}.title`)}>
        {t(`${state}.body`)}
      </Banner>
    )
  }
  if (hasGoneBack(invoice)) {
    const credit = f.money(invoice.takenBack, invoice.currency)
    return (
      <Banner tone="warn" title={t('moneyBack.title')}>
        {t(`moneyBack.${isPostPaid ? 'postPaid' : 'prepaid'}`, { credit })}
      </Banner>
    )
  }
  if (state === 'paid') return null
  if (problem) {
    return (
      <Banner tone={problem === 'action_required' ? 'warn' : 'bad'} title={t(`${problem}.title`)}>
        {t(`${problem}.body`)}
        {problem === 'payment_failed' && problemMessage && ` ${t('payment_failed.said', { message: problemMessage })}`}
      </Banner>
    )
  }
  if (state !== 'past_due') return null
  return isPaused ? (
    <Banner tone="bad" title={t('paused.title')}>
      {t('paused.body')}
    </Banner>
  ) : (
    <Banner tone="warn" title={t('pastDue.title', { days: daysPastDue ?? 0 })}>
      {t('pastDue.body')}
    </Banner>
  )
}
