import { useFormats, useTexts } from '#texts'
import { add, isPositive, isZero, type Money, negate, parseMoney, zero } from '@/lib/core/money'
import type { InvoiceDetailDto } from '@/lib/domain/invoices'
import { Card } from '../ui/card'

/** Why there is an invoice although credit was bought: what usage cost, what credit paid of it, what is left. */
export function InvoiceWhy({ invoice }: { invoice: InvoiceDetailDto }) {
  const t = useTexts('invoices.detail')
  const f = useFormats()
  const { currency, lines, amount, credited } = invoice
  const sumOf = (kind: (typeof lines)[number]['kind']): Money =>
    lines
      .filter((line) => line.kind === kind)
      .reduce((total, line) => add(total, parseMoney(line.amount, 'amount', currency)), zero(currency))
  const [usage, credit, earlier] = [sumOf('usage'), negate(sumOf('credit')), sumOf('earlier')]
  const taken = parseMoney(credited, 'credited', currency)
  const hasReasons = isPositive(credit) || isPositive(earlier)
  const sentences = [
    t('whyBody.first'),
    ...(isZero(usage) ? [] : [t('whyBody.usage', { amount: f.money(usage) })]),
    ...(isPositive(earlier) ? [t('whyBody.earlier', { amount: f.money(earlier) })] : []),
    ...(isPositive(credit) ? [t('whyBody.credit', { amount: f.money(credit) })] : []),
    ...(hasReasons ? [t('whyBody.asked', { amount: f.money(amount, currency) })] : []),
    ...(isPositive(taken) ? [t('whyBody.credited', { amount: f.money(taken) })] : []),
  ]
  return (
    <Card id="why" title={t('why')}>
      <p className="max-w-prose">{sentences.join(' ')}</p>
    </Card>
  )
}
