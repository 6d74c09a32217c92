import { workUnitAsyncStorage } from 'next/dist/server/app-render/work-unit-async-storage.external'
import { chooseLocale } from '@/lib/core/choose-locale'
import { defaultLocale, isEnglishOnly, type Locale, localeCookie } from './locales'

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
