import clsx from 'clsx'
import { displayExact, displayMoney, isPositive, nanosPerCent, parseMoney } from '@/lib/core/money'

type MoneyTextProps = {
  /** A decimal string, as it came over the wire. */
  amount: string
  currency?: string
  /** Shows a plus before what came in; a minus is always shown. */
  isSigned?: boolean
  /** Gives the figure a tab stop. Without it only figures with a part below the cent have one: the others hide nothing. */
  isFocusable?: boolean
  className?: string
}

/** Cents for reading; the exact figure on hover, on focus and for screen readers. The tip itself is drawn by <Tips>. */
export function MoneyText({ amount, currency = 'usd', isSigned, isFocusable, className }: MoneyTextProps) {
  const value = parseMoney(amount, 'amount', currency)
  const sign = isSigned && isPositive(value) ? '+' : ''
  const shown = sign + displayMoney(value)
  const exact = sign + displayExact(value)
  const hidesDigits = value.nanos % nanosPerCent !== 0n

  if (!hidesDigits && !isFocusable) {
    return (
      <span data-tip={exact} className={clsx('whitespace-nowrap', className)}>
        {shown}
      </span>
    )
  }
  return (
    <button
      type="button"
      data-tip={exact}
      className={clsx(
        'cursor-help rounded-[3px] whitespace-nowrap decoration-edge decoration-dotted underline-offset-4 hover:underline',
        className,
      )}
    >
      {shown}
      <span className="sr-only">, exactly {exact}</span>
    </button>
  )
}
