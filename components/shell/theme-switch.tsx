'use client'

import { useTexts } from '#texts'
import { chooseTheme, type Theme, themes, useTheme } from './preferences'

export type { Theme } from './preferences'

/** `name` tells two switches on one page apart. */
export function ThemeSwitch({ initial, name }: { initial: Theme; name: string }) {
  const t = useTexts('shell.theme')
  const theme = useTheme(initial)
  return (
    <fieldset className="grid grid-cols-3 gap-0.5 rounded-ui bg-sunken p-0.5">
      <legend className="sr-only">{t('label')}</legend>
      {themes.map((value) => (
        <label
          key={value}
          className="flex min-h-7 cursor-pointer items-center justify-center rounded-[6px] px-2 text-xs font-medium text-muted has-checked:bg-surface has-checked:text-ink has-checked:ring-1 has-checked:ring-hairline has-focus-visible:outline-2 has-focus-visible:outline-accent-ink max-lg:min-h-9"
        >
          <input
            type="radio"
            name={`theme-${name}`}
            value={value}
            checked={theme === value}
            onChange={() => chooseTheme(value)}
            className="sr-only"
          />
          {t(value)}
        </label>
      ))}
    </fieldset>
  )
}
