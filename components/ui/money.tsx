import clsx from 'clsx'
import { useFormats, useTexts } from '#texts'
import { nanosPerCent, parseMoney } from '@/lib/core/money'

type MoneyTextProps = {
  /** A decimal string, as it came over the wire. */
  amount: string
  currency?: string
  /** What `amount` was rounded from, where that is another figure. */
  exact?: string
  /** Shows a plus before what came in; a minus is always shown. */
  isSigned?: boolean
  /** Gives the figure a tab stop. Without it only figures with a part below the cent have one: the others hide nothing. */
  isFocusable?: boolean
  className?: string
}

/** Cents for reading; the exact figure on hover, on focus and for screen readers. The tip itself is drawn by <Tips>. */
export function MoneyText({
  amount,
  currency = 'usd',
  exact: whole = amount,
  isSigned,
  isFocusable,
  className,
}: MoneyTextProps) {
  const t = useTexts('ui')
  const f = useFormats()
  const value = parseMoney(amount, 'amount', currency)
  const shown = isSigned ? f.signed(value) : f.money(value)
  const exactly = parseMoney(whole, 'exact', currency)
  const exact = isSigned ? f.exactSigned(exactly) : f.exactMoney(exactly)
  const hidesDigits = exactly.nanos % nanosPerCent !== 0n

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
      <span className="sr-only">{t('exactly', { amount: exact })}</span>
    </button>
  )
}
