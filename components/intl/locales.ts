/** The languages of the pages. */
export const locales = ['en', 'de', 'ar'] as const
export type Locale = (typeof locales)[number]

export const defaultLocale: Locale = 'en'

/** Kept in a cookie, so that the server writes the right language first. */
export const localeCookie = 'locale'

export const isLocale = (text: string | undefined): text is Locale => locales.some((locale) => locale === text)

/** The way a language is written, for `dir`. */
export const directionOf = (locale: Locale): 'ltr' | 'rtl' => (locale === 'ar' ? 'rtl' : 'ltr')

/** Each language in its own words: people look for theirs when they cannot read the one that is shown. */
export const localeNames: Record<Locale, string> = { en: 'English', de: 'Deutsch', ar: 'العربية' }

/** The pages of the platform's staff, and the reference of an API that speaks English. */
export const isEnglishOnly = (path: string): boolean => /^\/(operator|docs)(\/|$)/.test(path)
