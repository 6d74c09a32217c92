'use client'

import { type ReactNode, useEffect, useMemo } from 'react'
import { IntlProvider, useMessages } from 'use-intl/react'
import type { CompiledMessages } from './compiled'
import { directionOf, type Locale } from './locales'

type ProviderProps = { locale: Locale; messages: CompiledMessages; children: ReactNode }

/** The words that components in the browser have everywhere. Zones are always given with a date, so UTC is never used. */
export function TextsProvider({ locale, messages, children }: ProviderProps) {
  return (
    <IntlProvider locale={locale} messages={messages} timeZone="UTC">
      {children}
    </IntlProvider>
  )
}

/**
 * Adds to the words of the frame around it. Pages that are English for everybody stand beside the others: whoever comes from one
 * to the other without loading the page anew takes its language and its direction along.
 */
export function MoreTextsProvider({ locale, messages, children }: ProviderProps) {
  const outer = useMessages() as CompiledMessages
  useEffect(() => {
    document.documentElement.lang = locale
    document.documentElement.dir = directionOf(locale)
  }, [locale])
  const all = useMemo(() => merge(outer, messages), [outer, messages])
  return (
    <IntlProvider locale={locale} messages={all}>
      {children}
    </IntlProvider>
  )
}

function merge(outer: CompiledMessages, inner: CompiledMessages): CompiledMessages {
  const names = Object.keys(inner)
  return {
    ...outer,
    ...Object.fromEntries(names.map((name) => [name, { ...(outer[name] as object), ...(inner[name] as object) }])),
  }
}
