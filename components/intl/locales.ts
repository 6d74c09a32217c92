import type { Locale } from '@/lib/core/locales'

export { defaultLocale, directionOf, isLocale, type Locale, localeCookie, locales } from '@/lib/core/locales'

/** Each language in its own words: people look for theirs when they cannot read the one that is shown. */
export const localeNames: Record<Locale, string> = { en: 'English', de: 'Deutsch', ar: 'العربية' }

/** The pages of the platform's staff, and the reference of an API that speaks English. */
export const isEnglishOnly = (path: string): boolean => /^\/(operator|docs)(\/|$)/.test(path)
