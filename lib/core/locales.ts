/** The languages that people read. */
export const locales = ['en', 'de', 'ar'] as const
export type Locale = (typeof locales)[number]

export const defaultLocale: Locale = 'en'

export const isLocale = (text: string | null | undefined): text is Locale => locales.some((locale) => locale === text)

/** The language of somebody of whom several things are known, the first of them that is a language of ours; else English. */
export const localeFrom = (...known: (string | null | undefined)[]): Locale => known.find(isLocale) ?? defaultLocale

/** The way a language is written, for `dir`. */
export const directionOf = (locale: Locale): 'ltr' | 'rtl' => (locale === 'ar' ? 'rtl' : 'ltr')

/** Where a person's choice is kept in their browser, so that the server writes the right language first. */
export const localeCookie = 'locale'

/** Marks of direction: a name that holds one could turn the words around it. */
const directionMarks = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u

/**
 * A name, an address or somebody's own words inside a sentence: an island where either is written from right to left, so that
 * what stands beside it keeps its place.
 */
export function isolated(locale: Locale, text: string): string {
  const plain = text.replace(directionMarks, '')
  return directionOf(locale) === 'rtl' || rightToLeft.test(plain) ? `\u2068${plain}\u2069` : plain
}
