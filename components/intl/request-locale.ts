import Negotiator from 'negotiator'
import { workUnitAsyncStorage } from 'next/dist/server/app-render/work-unit-async-storage.external'
import { defaultLocale, isEnglishOnly, isLocale, type Locale, localeCookie, locales } from './locales'

/** The language that was chosen; else the best of those that the browser asks for; else English. */
export function chooseLocale(chosen: string | undefined, acceptLanguage: string | null): Locale {
  if (isLocale(chosen)) return chosen
  const [best] = new Negotiator({ headers: { 'accept-language': acceptLanguage ?? '' } }).languages([...locales])
  return isLocale(best) ? best : defaultLocale
}

/**
 * The language of the request that is being answered, without waiting: texts are needed in async and plain components, in
 * metadata, before and after an `await`. Next's own `cookies()` and `headers()` can only be awaited, so this reads what they
 * read. Without a request (a page made at build time) it is English.
 */
export function requestLocale(): Locale {
  const store = workUnitAsyncStorage.getStore()
  if (store?.type !== 'request' || isEnglishOnly(store.url.pathname)) return defaultLocale
  return chooseLocale(store.cookies.get(localeCookie)?.value, store.headers.get('accept-language'))
}
