import Negotiator from 'negotiator'
import { isLocale, type Locale, localeFrom, locales } from './locales'

/** The language that was chosen; else the best of those that the browser asks for; else English. */
export function chooseLocale(chosen: string | undefined, acceptLanguage: string | null): Locale {
  if (isLocale(chosen)) return chosen
  const [best] = new Negotiator({ headers: { 'accept-language': acceptLanguage ?? '' } }).languages([...locales])
  return localeFrom(best)
}
