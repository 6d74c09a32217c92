/** `#texts` in components that run in the browser (and are painted on the server first). */
import { useLocale as useIntlLocale, useTranslations } from 'use-intl/react'
import { type Formats, formatsOf } from '@/lib/core/formats'
import type { Locale } from './locales'
import type { Namespace, Texts } from './texts'

export type { Formats } from '@/lib/core/formats'
export type { Texts } from './texts'

/** The words of a namespace. The page or its layout must bring them: `<ClientTexts of={['usage']}>`. */
export const useTexts = <Name extends Namespace>(name: Name): Texts<Name> =>
  useTranslations(name as never) as unknown as Texts<Name>

/** Money, dates and numbers as the person's language writes them. */
export const useFormats = (): Formats => formatsOf(useLocale())

export const useLocale = (): Locale => useIntlLocale() as Locale
