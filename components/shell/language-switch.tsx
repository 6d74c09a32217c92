'use client'

import clsx from 'clsx'
import { useLocale, useTexts } from '#texts'
import { localeNames, locales } from '../intl/locales'
import { chooseLanguage } from './preferences'

/** Each language is named in its own words. */
export function LanguageSwitch() {
  const t = useTexts('ui')
  const current = useLocale()
  return (
    <fieldset className="grid grid-cols-3 gap-0.5 rounded-ui bg-sunken p-0.5">
      <legend className="sr-only">{t('language')}</legend>
      {locales.map((locale) => (
        <button
          key={locale}
          type="button"
          lang={locale}
          aria-pressed={locale === current}
          onClick={() => locale !== current && chooseLanguage(locale)}
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
