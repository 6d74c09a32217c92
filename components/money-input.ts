import { useMemo } from 'react'
import { useLocale, useTexts } from '#texts'
import { Refusal } from '@/lib/core/errors'
import { type Money, parseMoney } from '@/lib/core/money'
import type { Locale } from './intl/locales'

type Read = { amount: Money; error: null } | { amount: null; error: string }

/** Amounts in forms, as the person's language writes them. */
export function useAmounts(): { read: (text: string) => Read; print: (amount: string) => string } {
  const t = useTexts('ui.amount')
  const locale = useLocale()
  return useMemo(
    () => ({
      /** What a person typed as an amount, or the sentence that says what is wrong with it. */
      read: (text) => {
        if (!text.trim()) return { amount: null, error: t('missing') }
        const amount = typedAmount(text, locale)
        return amount ? { amount, error: null } : { amount: null, error: t('malformed') }
      },
      /** A decimal string as it is typed: "25,00" in German. */
      print: (amount) => (locale === 'de' ? amount.replace('.', ',') : amount),
    }),
    [t, locale],
  )
}

const pointPattern = /^-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?$/
const commaPattern = /^-?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?$/

/**
 * Accepts "$1,000.50" and "25"; in German "1.000,50" and "25,5", and "25.50" too. A separator that stands where neither a
 * fraction nor a thousand can be is an error and never left out: "25,50" is not 2550. Arabic digits are read as well.
 */
export function typedAmount(text: string, locale: Locale): Money | null {
  const plain = text
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x0660))
    .replaceAll('\u066b', '.')
    .replaceAll('\u066c', ',')
    .replace(/[\s\u200e\u200f\u061c]/g, '')
    .replace(/^\$|\$$|US\$$/g, '')
    .replace('−', '-')
  const decimal =
    locale === 'de' && commaPattern.test(plain)
      ? plain.replaceAll('.', '').replace(',', '.')
      : pointPattern.test(plain)
        ? plain.replaceAll(',', '')
        : null
  if (decimal === null) return null
  try {
    return parseMoney(decimal)
  } catch (error) {
    if (!(error instanceof Refusal) && !(error instanceof RangeError)) throw error
    return null
  }
}
