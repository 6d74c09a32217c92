import type { Locale } from './locales'
import { formatMoney, type Money, parseMoney } from './money'

/**
 * Pinned, so that a server and a browser with other language data write the same. Arabic keeps western digits: Stripe's
 * receipts, card numbers, exports and what people type into our forms have them, and amounts must be comparable at a glance.
 */
const tags: Record<Locale, string> = { en: 'en-US', de: 'de-DE', ar: 'ar-u-ca-gregory-nu-latn' }

/** What separates a day from a time of day. */
const commas: Record<Locale, string> = { en: ', ', de: ', ', ar: '، ' }

/** In text from right to left a figure is its own island: what stands beside it cannot pull its sign or unit to the other side. */
const isolates: Record<Locale, (text: string) => string> = {
  en: (text) => text,
  de: (text) => text,
  ar: (text) => `\u2068${text}\u2069`,
}

const leftToRight = (text: string) => `\u2066${text.replace(/[\u200e\u200f\u061c]/g, '')}\u2069`

const nanosOfHalfCent = 5_000_000n

/** Formats are dear to make and are asked for again and again. */
function once<Format>(create: (key: string) => Format): (key: string) => Format {
  const known = new Map<string, Format>()
  return (key) => {
    const format = known.get(key) ?? create(key)
    known.set(key, format)
    return format
  }
}

function createFormats(locale: Locale) {
  const tag = tags[locale]
  const isolate = isolates[locale]

  const plain = once((currency) => new Intl.NumberFormat(tag, { style: 'currency', currency }))
  const signs = once(
    (currency) => new Intl.NumberFormat(tag, { style: 'currency', currency, signDisplay: 'exceptZero' }),
  )
  const exacts = (signDisplay: 'auto' | 'exceptZero') =>
    once(
      (currency) =>
        new Intl.NumberFormat(tag, {
          style: 'currency',
          currency,
          signDisplay,
          currencyDisplay: locale === 'en' ? 'narrowSymbol' : 'code',
          maximumFractionDigits: 9,
          useGrouping: false,
        }),
    )
  const exact = exacts('auto')
  const exactSigns = exacts('exceptZero')
  const days = once(
    (timeZone) => new Intl.DateTimeFormat(tag, { timeZone, year: 'numeric', month: 'short', day: 'numeric' }),
  )
  const shortDays = once((timeZone) => new Intl.DateTimeFormat(tag, { timeZone, month: 'short', day: 'numeric' }))
  const clocks = once(
    (timeZone) => new Intl.DateTimeFormat(tag, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  )
  const moments = once(
    (timeZone) =>
      new Intl.DateTimeFormat(tag, {
        timeZone,
        month: 'long',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }),
  )
  const months = new Intl.DateTimeFormat(tag, { timeZone: 'UTC', year: 'numeric', month: 'long' })
  const monthNames = new Intl.DateTimeFormat(tag, { timeZone: 'UTC', month: 'long' })
  const numbers = new Intl.NumberFormat(tag, { maximumFractionDigits: 9 })
  const percents = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 1 })
  const lists = new Intl.ListFormat(tag, { style: 'long', type: 'conjunction' })

  /** A true minus sign, as wide as the plus. */
  const print = (format: Intl.NumberFormat, decimal: string, before = ''): string => {
    const parts = format.formatToParts(decimal as Intl.StringNumericLiteral)
    const shown = parts.map(({ type, value }) => (type === 'minusSign' ? value.replace('-', '−') : value))
    if (locale !== 'ar') return before + shown.join('')
    // From the right: the figure, then its currency. Marks of direction would only hold inside right-to-left text; as an
    // island that runs from left to right it looks the same everywhere.
    const figure = shown.filter((_, at) => !/currency|literal/.test(parts[at]!.type)).join('')
    const currency = parts.find(({ type }) => type === 'currency')?.value ?? ''
    return leftToRight(`${currency}\u00a0${before}${figure}`)
  }

  const inCents = (amount: Money, isSigned: boolean): string => {
    const code = amount.currency.toUpperCase()
    const size = amount.nanos < 0n ? -amount.nanos : amount.nanos
    if (size === 0n || size >= nanosOfHalfCent) {
      return print(isSigned ? signs(code) : plain(code), formatMoney(amount))
    }
    const sign = amount.nanos < 0n ? '−' : isSigned ? '+' : ''
    return print(plain(code), '0.01', `${sign}<`)
  }

  const inFull = (amount: Money, format: (code: string) => Intl.NumberFormat): string => {
    const code = amount.currency.toUpperCase()
    const text = print(format(code), formatMoney(amount))
    return locale === 'en' ? `${text} ${code}` : text
  }

  const day = (at: string, timeZone = 'UTC'): string => days(zoneOf(at, timeZone)).format(new Date(at))
  const clock = (at: string, timeZone: string): string => clocks(timeZone).format(new Date(at))

  return {
    /** Cents for reading, rounded half up: "$12.34", "12,34 $". What is less than half a cent is "<$0.01", never zero. */
    money: (amount: string | Money, currency = 'usd'): string => inCents(asMoney(amount, currency), false),
    /** The same with a plus before what came in. */
    signed: (amount: string | Money, currency = 'usd'): string => inCents(asMoney(amount, currency), true),
    /** Every digit that the amount has, and the currency's code: "$0.000000001 USD", "0,000000001 USD". */
    exactMoney: (amount: string | Money, currency = 'usd'): string => inFull(asMoney(amount, currency), exact),
    /** The same with a plus before what came in. */
    exactSigned: (amount: string | Money, currency = 'usd'): string => inFull(asMoney(amount, currency), exactSigns),
    /** "$25", "$0.05", with as many digits as the decimal string has: for presets and the scale of a chart. */
    plainMoney: (decimal: string, currency = 'usd'): string => {
      const digits = decimal.split('.')[1]?.length ?? 0
      const format = new Intl.NumberFormat(tag, {
        style: 'currency',
        currency: currency.toUpperCase(),
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      })
      return print(format, decimal)
    },
    /** "Nov 21, 2026" from an instant in a zone, or from a calendar day "2026-11-21". */
    day: (at: string, timeZone?: string): string => isolate(day(at, timeZone)),
    /** "Nov 21", where the year is clear. */
    shortDay: (at: string, timeZone = 'UTC'): string => isolate(shortDays(zoneOf(at, timeZone)).format(new Date(at))),
    /** "Nov 21, 2026, 07:12 UTC": the zone is always named. */
    instant: (at: string, timeZone: string): string =>
      isolate(`${day(at, timeZone)}${commas[locale]}${clock(at, timeZone)} ${isolate(timeZone)}`),
    /** "07:12" */
    clock: (at: string, timeZone: string): string => isolate(clock(at, timeZone)),
    /** "December 1 at 00:00 (UTC)", for what is near. */
    moment: (at: string, timeZone: string): string =>
      isolate(`${moments(timeZone).format(new Date(at))} (${isolate(timeZone)})`),
    /** "November 2026" from "2026-11" */
    month: (month: string): string => months.format(new Date(`${month}-01T00:00:00Z`)),
    /** "November" from "2026-11" */
    monthName: (month: string): string => monthNames.format(new Date(`${month}-01T00:00:00Z`)),
    /** Not for money. */
    number: (value: number | bigint): string => numbers.format(value),
    /** "83%" from 83: percent as the API has it, not a fraction. At most one digit after the point. */
    percent: (value: number): string => isolate(percents.format(value / 100)),
    /** "a, b, and c" */
    list: (items: string[]): string => lists.format(items),
  }
}

export type Formats = ReturnType<typeof createFormats>

const asMoney = (amount: string | Money, currency: string): Money =>
  typeof amount === 'string' ? parseMoney(amount, 'amount', currency) : amount

/** A calendar day has no zone of its own. */
const zoneOf = (at: string, timeZone: string) => (at.length === 10 ? 'UTC' : timeZone)

const known = new Map<Locale, Formats>()

/** Money, dates and numbers as a language writes them. Money never passes through a float: Intl takes decimal strings. */
export function formatsOf(locale: Locale): Formats {
  const formats = known.get(locale) ?? createFormats(locale)
  known.set(locale, formats)
  return formats
}
