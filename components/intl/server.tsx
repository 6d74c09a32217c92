/** `#texts` in server components. */
import type { ReactNode } from 'react'
import { createTranslator } from 'use-intl/core'
import { type Formats, formatsOf } from '@/lib/core/formats'
import { pickMessages } from './compiled'
import type { Locale } from './locales'
import { MoreTextsProvider, TextsProvider } from './provider'
import { requestLocale } from './request-locale'
import type { Namespace, Texts } from './texts'

export type { Formats } from '@/lib/core/formats'
export type { Namespace, Texts } from './texts'

const translators = new Map<string, unknown>()

/** The words of a namespace in a language. */
export function textsOf<Name extends Namespace>(locale: Locale, namespace: Name): Texts<Name> {
  const key = `${locale}/${namespace}`
  if (!translators.has(key)) {
    translators.set(
      key,
      createTranslator({ locale, namespace: namespace as never, messages: pickMessages(locale, [namespace]) }),
    )
  }
  return translators.get(key) as Texts<Name>
}

/** The words of a namespace in the language of the request. Not a React hook on the server: async components may call it. */
export const useTexts = <Name extends Namespace>(name: Name): Texts<Name> => textsOf(requestLocale(), name)

/** The same, to await: for `generateMetadata`. */
export const getTexts = async <Name extends Namespace>(name: Name): Promise<Texts<Name>> => useTexts(name)

/** Money, dates and numbers as the person's language writes them. */
export const useFormats = (): Formats => formatsOf(requestLocale())

export const useLocale = (): Locale => requestLocale()

type ProviderProps = { of: Namespace[]; children: ReactNode }

/** The language of everything inside, and the words that components in the browser have on every page. */
export function RootTexts({ of, children }: ProviderProps) {
  const locale = requestLocale()
  return (
    <TextsProvider locale={locale} messages={pickMessages(locale, of)}>
      {children}
    </TextsProvider>
  )
}

/** Brings the words of these namespaces to the components inside that run in the browser. Server components need no provider. */
export function ClientTexts({ of, children }: ProviderProps) {
  return (
    <MoreTextsProvider locale={requestLocale()} messages={pickMessages(requestLocale(), of)}>
      {children}
    </MoreTextsProvider>
  )
}
