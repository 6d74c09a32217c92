import { useLocale } from '#texts'

const tags = { en: 'en-US', de: 'de-DE', ar: 'ar-u-nu-latn' } as const

/** Every digit of an amount that may be finer than a nano: up to fifteen after the point. Without a currency where the heading names it. */
export function ExactText({ amount, currency }: { amount: string; currency?: string }) {
  const locale = useLocale()
  const format = new Intl.NumberFormat(tags[locale], {
    minimumFractionDigits: 2,
    maximumFractionDigits: 15,
    useGrouping: false,
  })
  return (
    <bdi className="whitespace-nowrap">
      {format.format(amount as Intl.StringNumericLiteral)}
      {currency && ` ${currency.toUpperCase()}`}
    </bdi>
  )
}
