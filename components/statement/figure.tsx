import { formatMoney, isPositive, parseMoney } from '@/lib/core/money'
import { MoneyText } from '../ui/money'

type FigureProps = { amount: string; currency: string; isSigned?: boolean; isExact?: boolean; className?: string }

/** Cents on the screen, with the exact figure a hover away; on paper, where nothing hovers, every digit. */
export function Figure({ amount, currency, isSigned = false, isExact = false, className }: FigureProps) {
  const value = parseMoney(amount, 'amount', currency)
  const sign = isSigned && isPositive(value) ? '+' : ''
  const exact = (
    <span dir="ltr" className={className}>
      {sign + formatMoney(value).replace('-', '−')}
    </span>
  )
  if (isExact) return exact
  return (
    <>
      <span className="print:hidden">
        <MoneyText amount={amount} currency={currency} isSigned={isSigned} {...(className && { className })} />
      </span>
      <span aria-hidden="true" className="hidden print:inline">
        {exact}
      </span>
    </>
  )
}
