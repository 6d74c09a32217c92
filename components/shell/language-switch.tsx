'use client'

import clsx from 'clsx'
import { useState } from 'react'
import { useLocale, useTexts } from '#texts'
import { type Locale, localeNames, locales } from '../intl/locales'
import { chooseLanguage } from './preferences'

/** Each language is named in its own words. */
export function LanguageSwitch() {
  const t = useTexts('ui')
  // Pressed shows at once; the words follow as soon as the page is there anew.
  const [current, setCurrent] = useState<Locale>(useLocale())
  const choose = (locale: Locale) => {
    setCurrent(locale)
    chooseLanguage(locale)
  }
  return (
    <fieldset className="grid grid-cols-3 gap-0.5 rounded-ui bg-sunken p-0.5">
      <legend className="sr-only">{t('language')}</legend>
      {locales.map((locale) => (
        <button
          key={locale}
          type="button"
          lang={locale}
          aria-pressed={locale === current}
          onClick={() => locale !== current && choose(locale)}
          className={clsx(
            'min-h-7 rounded-[6px] px-2 text-xs font-medium max-lg:min-h-9',
            locale === current ? 'bg-surface text-ink ring-1 ring-hairline' : 'text-muted hover:text-ink',
          )}
        >
          {localeNames[locale]}
        </button>
      ))}
    </fieldset>
  )
}
